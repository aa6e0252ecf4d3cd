import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A loopback address of its own for each database: so DigitalOcean's own port numbers can be used, by several databases and by several
 * runs at once. `127.0.0.0/8` is ours without asking (RFC 1122 §3.2.1.3).
 * @throws if a hundred random ones are taken on one of the ports.
 */
export async function freeAddress(ports: readonly number[]): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const address = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
    const free = await Promise.all(ports.map((port) => isFree(address, port)));
    if (free.every(Boolean)) return address;
  }
  throw new Error(
    `No loopback address has the ports ${ports.join(" and ")} free: \`ss -ltn\` shows what holds them.`,
  );
}

async function isFree(address: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
