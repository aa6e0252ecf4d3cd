import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Returns an address on which the given ports are free. Each server gets its own address, so that
 * it can use its standard ports.
 */
export type AddressSource = (ports: readonly number[]) => Promise<string>;

/** Returns each address of a list once. @throws Error, from the source, at the end of the list. */
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
 * A loopback address of its own for each database. With it several databases and several runs can
 * use DigitalOcean's own port numbers. `127.0.0.0/8` needs no configuration (RFC 1122 §3.2.1.3).
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
