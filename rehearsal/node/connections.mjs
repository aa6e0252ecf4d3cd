// Tries connections from the network in which it runs, and answers those from others.
//
// Standard input, a line each: { listen: [port], addresses: [own] }, answered "listening". After it
// any number of { attempts: [{ host, port, protocol }], patienceMs }, each answered by a line of
// booleans.
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

/** Number at the same time. Denied ones only wait for their timeout, so many may wait together. */
const AT_ONCE = 400;
/** A query that a name server answers, too: the root's name servers (RFC 1035 §4.1). */
const QUESTION = Buffer.from("1234010000010000000000000000020001", "hex");

/** Listens on each free port, so that only a policy can close it. */
function listen(ports, addresses) {
  const places = addresses.flatMap((address) => ports.map((port) => [address, port]));
  return Promise.all(
    places.flatMap(([address, port]) => [
      new Promise((done) => {
        const server = createServer((socket) => {
          socket.on("error", () => undefined);
          socket.end();
        });
        server.once("error", done);
        server.listen(port, address, done);
      }),
      new Promise((done) => {
        const socket = createSocket("udp4");
        socket.once("error", done);
        socket.on("message", (message, from) => socket.send(message, from.port, from.address));
        socket.bind(port, address, done);
      }),
    ]),
  );
}

function overTcp({ host, port }, patienceMs) {
  return new Promise((done) => {
    const socket = connect({ host, port });
    const end = (opened) => {
      clearTimeout(timer);
      socket.destroy();
      done(opened);
    };
    const timer = setTimeout(() => end(false), patienceMs);
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

function overUdp({ host, port }, patienceMs) {
  return new Promise((done) => {
    const socket = createSocket("udp4");
    const end = (opened) => {
      clearTimeout(timer);
      socket.close();
      done(opened);
    };
    const timer = setTimeout(() => end(false), patienceMs);
    socket.once("error", () => end(false));
    socket.once("message", () => end(true));
    socket.send(QUESTION, port, host, () => undefined);
  });
}

async function attempt(attempts, patienceMs) {
  const opened = [];
  let next = 0;
  const worker = async () => {
    while (next < attempts.length) {
      const index = next++;
      const one = attempts[index];
      const over = one.protocol === "TCP" ? overTcp : overUdp;
      opened[index] = await over(one, patienceMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return opened;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { listen: ports, addresses, attempts, patienceMs } = JSON.parse(line);
  if (ports !== undefined) {
    await listen(ports, addresses);
    process.stdout.write('"listening"\n');
  } else process.stdout.write(`${JSON.stringify(await attempt(attempts, patienceMs))}\n`);
}
process.exit();
