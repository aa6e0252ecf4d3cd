import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/**
 * Below Linux' range for outgoing connections (32768 and up, ip(7) ip_local_port_range). A free
 * port of that range may be in use for a connection a moment later, and then the server doesn't
 * start.
 */
const RANGE = { first: 20_000, last: 32_000 } as const;

/**
 * Returns `count` different TCP ports on which nothing listens at 127.0.0.1. Throws if a hundred
 * tries don't find them.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count; tries++) {
      if (tries === 100)
        throw new Error(
          `No ${count} free TCP ports on 127.0.0.1 between ${RANGE.first} and ${RANGE.last}: \`ss -ltn\` shows what holds them.`,
        );
      const port = randomInt(RANGE.first, RANGE.last);
      const server = await listen(port);
      if (server === undefined) continue;
      held.push(server); // Held until all are found, so that none is returned twice.
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
