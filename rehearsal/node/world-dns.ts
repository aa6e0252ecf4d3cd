import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../processes.ts";
import { NETWORK } from "./network.ts";

/** Input of the VPC's resolver. */
export interface DnsOptions {
  /** The program, CoreDNS. */
  readonly program: string;
  /** Folder for its files. */
  readonly directory: string;
  readonly processes: Processes;
  /** Names of the world outside the cluster, with their addresses. */
  readonly hosts: () => ReadonlyMap<string, string>;
}

/**
 * Interval in which names of the world are written, milliseconds. A new database gets its first
 * request after a second or later.
 */
const HOSTS_MS = 300;

/** Address of a Droplet's resolver, to which cluster DNS forwards other names. */
export const RESOLVER = NETWORK.gateway;

/** Starts a DNS server outside the cluster, which knows the names of the world outside. */
export async function startWorldDns(options: DnsOptions): Promise<void> {
  const { directory, program, processes, hosts } = options;
  const file = join(directory, "hosts");
  const write = async (): Promise<void> =>
    await writeFile(file, [...hosts()].map(([name, address]) => `${address} ${name}\n`).join(""));
  await write();
  setInterval(() => void write().catch(() => undefined), HOSTS_MS).unref();
  const corefile = join(directory, "Corefile");
  await writeFile(
    corefile,
    `.:53 {
  bind ${RESOLVER}
  errors
  hosts ${file} {
    reload ${HOSTS_MS}ms
    ttl 2
  }
}
`,
  );
  await processes.start({
    name: "resolver",
    command: program,
    args: ["-conf", corefile],
    directory,
    logFile: join(directory, "resolver.log"),
  });
}
