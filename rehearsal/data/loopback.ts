import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Gives addresses on which all of some ports are free: one for each server, so that it can have its
 * usual ports.
 */
export type AddressSource = (ports: readonly number[]) => Promise<string>;

/**
 * Addresses of a list, each given once.
 * @throws Error, from the source, when the list is at its end.
 */
export function addressesOf(list: readonly string[]): AddressSource {
  const left = [...list];
  return async (ports) => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const address = next;
      const free = await Promise.all(ports.map((port) => isFree(address, port)));
      if (free.every(Boolean)) return address;
    }
    throw new Error(`All ${list.length} addresses from ${list[0]} on are given away.`);
  };
}

/**
 * A loopback address of its own for each database: so DigitalOcean's own port numbers can be used,
 * by several databases and by several runs at once. `127.0.0.0/8` is ours without asking (RFC 1122
 * §3.2.1.3).
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
