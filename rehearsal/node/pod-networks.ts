import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * The network namespaces of a node's Pods, by the Pod's address: files that `nsenter --net` takes.
 * @param pid a process of the node, as we see it.
 */
export async function podNetworks(pid: number): Promise<ReadonlyMap<string, string>> {
  const folder = join("/proc", String(pid), "root", "var/run/netns");
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const entries = await Promise.all(
    files.map(async (file) => (await addressesIn(file)).map((address) => [address, file] as const)),
  );
  return new Map(entries.flat());
}

/** The IPv4 addresses of a network, but for its loopback. */
async function addressesIn(network: string): Promise<readonly string[]> {
  // A Pod that ends takes its network with it.
  const trie = await promisify(execFile)("nsenter", [
    ...[`--net=${network}`, "--", "cat", "/proc/self/net/fib_trie"],
  ]).catch(() => ({ stdout: "" }));
  return localAddresses(trie.stdout);
}

/** Linux' table of its routes (`/proc/net/fib_trie`), read for addresses of its own. */
export function localAddresses(trie: string): readonly string[] {
  const found = [...trie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/gu)].map(
    ([, address]) => address!,
  );
  return [...new Set(found)].filter((address) => !address.startsWith("127."));
}
