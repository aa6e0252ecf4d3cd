// A fake Space of DigitalOcean's, and the cluster's name server, in the network of the pod that
// uses them. No request leaves it.
//
// Standard input: { address, host, certificate, key, objects: { path: { headers, body } } }, a
// line. Standard output: "ready", once both listen. It ends when its input closes.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:https";
import { createInterface } from "node:readline";

const [line] = await once(createInterface({ input: process.stdin }), "line");
const { address, host, certificate, key, objects } = JSON.parse(line);

const space = createServer({ cert: certificate, key }, ({ method, url, headers }, response) => {
  // Another host name means another bucket, or none.
  const object = headers.host === host ? objects[url] : undefined;
  const own = { "x-amz-request-id": "tx0", "set-cookie": "a=b", "x-rgw-object-type": "Normal" };
  if (object === undefined)
    return response.writeHead(403, { ...own, "content-type": "application/xml" }).end("<Error/>");
  // A conditional GET (RFC 9110, 13.1.2), as S3's.
  if (object.headers.etag !== undefined && headers["if-none-match"] === object.headers.etag)
    return response.writeHead(304, { ...own, ...object.headers }).end();
  const body = Buffer.from(object.body, "base64");
  const [, from, to] = /^bytes=(\d+)-(\d+)$/u.exec(headers.range ?? "") ?? [];
  const part = from === undefined ? body : body.subarray(Number(from), Number(to) + 1);
  const range = from === undefined ? {} : { "content-range": `bytes ${from}-${to}/${body.length}` };
  response.writeHead(from === undefined ? 200 : 206, {
    ...{ ...own, ...object.headers, ...range, "content-length": part.length },
  });
  response.end(method === "HEAD" ? undefined : part);
});

/** Answers only the Space's name (RFC 1035, 4). */
const names = createSocket("udp4");
names.on("message", (question, { port, address }) => {
  const labels = [];
  let at = 12;
  for (; question[at] !== 0; at += question[at] + 1)
    labels.push(question.toString("latin1", at + 1, at + 1 + question[at]));
  const known = labels.join(".").toLowerCase() === host;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(known ? 1 : 0, 6);
  header.fill(0, 8, 12);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, ...address.split(".")]);
  names.send(
    Buffer.concat([header, question.subarray(12, at + 5), ...(known ? [record] : [])]),
    port,
    address,
  );
});

space.listen(443, address);
names.bind(53, address);
await Promise.all([once(space, "listening"), once(names, "listening")]);
process.stdout.write("ready\n");
process.stdin.once("end", () => process.exit(0));
