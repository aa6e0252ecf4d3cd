import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Network namespaces of a node's Pods, by the Pod's address: files for `nsenter --net`.
 * @param pid process id, from outside, of a process of the node.
 */
export async function podNetworks(pid: number): Promise<ReadonlyMap<string, string>> {
  const folder = join("/proc", String(pid), "root", "var/run/netns");
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const entries = await Promise.all(
    files.map(async (file) => (await addressesIn(file)).map((address) => [address, file] as const)),
  );
  return new Map(entries.flat());
}

/** IPv4 addresses of a network, except its loopback. */
async function addressesIn(network: string): Promise<readonly string[]> {
  // A Pod's network is removed when the Pod ends.
  const trie = await promisify(execFile)("nsenter", [
    ...[`--net=${network}`, "--", "cat", "/proc/self/net/fib_trie"],
  ]).catch(() => ({ stdout: "" }));
  return localAddresses(trie.stdout);
}

/** Parses Linux' routing table (`/proc/net/fib_trie`) for local addresses. */
export function localAddresses(trie: string): readonly string[] {
  const found = [...trie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/gu)].map(
    ([, address]) => address!,
  );
  return [...new Set(found)].filter((address) => !address.startsWith("127."));
}
