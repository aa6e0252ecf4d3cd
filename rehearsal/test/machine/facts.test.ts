import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  folderAt,
  freeMemory,
  heldPorts,
  lackingRights,
  mountsOf,
  readMachine,
} from "../../machine/facts.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const MOUNTS = mountsOf(`22 1 8:1 / / rw,relatime - ext4 /dev/sda rw
23 22 0:21 / /tmp rw,nosuid,noexec - tmpfs tmpfs rw
24 22 0:22 / /home/a\\040b ro - overlay overlay rw
25 23 0:23 / /tmp rw - tmpfs tmpfs rw`);

test("a folder that is not there yet is judged by the nearest that is", () => {
  const root = temporaryFolder("facts");
  const found = folderAt(join(root, "not/yet/there"), MOUNTS);
  expect(found).toMatchObject({ existing: root, unwritable: undefined });
  expect(found.free).toBeGreaterThan(0);
});

test("a folder below a file is none: mkdir would fail in the middle of a build", () => {
  const root = temporaryFolder("facts");
  writeFileSync(join(root, "file"), "");
  expect(folderAt(join(root, "file/below"), MOUNTS)).toMatchObject({ unwritable: "ENOTDIR" });
});

test("a folder that only its owner may pass is named: Postgres is another user", () => {
  const root = temporaryFolder("facts");
  chmodSync(root, 0o755);
  const own = join(root, "own");
  mkdirSync(join(own, "below"), { recursive: true });
  chmodSync(own, 0o700);
  expect(folderAt(join(own, "below"), MOUNTS).closed).toBe(own);
});

test("the file system that lies above the others at one point counts", () => {
  expect(folderAt("/tmp", MOUNTS)).toMatchObject({ type: "tmpfs", noexec: false });
  expect(folderAt("/tmp", MOUNTS.slice(0, 2))).toMatchObject({ type: "tmpfs", noexec: true });
  expect(MOUNTS[2]).toMatchObject({ point: "/home/a b", type: "overlay" });
});

test("rights of root that an ordinary container takes away are seen", () => {
  expect(lackingRights("CapEff:\t000001ffffffffff\n")).toEqual([]);
  // Docker's default set (https://docs.docker.com/engine/security/#linux-kernel-capabilities).
  expect(lackingRights("Name:\tx\nCapEff:\t00000000a80425fb\n")).toEqual([
    "CAP_NET_ADMIN",
    "CAP_SYS_PTRACE",
    "CAP_SYS_ADMIN",
  ]);
});

test("memory is what is free with swap, and never more than the group may take", () => {
  const text = "MemTotal: 9 kB\nMemAvailable:    2000 kB\nSwapFree:   1000 kB\n";
  expect(freeMemory(text, undefined)).toBe(3_072_000);
  expect(freeMemory(text, 1_000_000)).toBe(1_000_000);
  expect(freeMemory(text, 2 ** 63)).toBe(3_072_000);
});

test("a port counts as held by who listens at every address, of either kind", () => {
  const line = (address: string, port: string, state: string): string =>
    `   0: ${address}:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0`;
  const any6 = "0".repeat(32);
  expect(heldPorts([line("00000000", "01BB", "0A")])).toEqual([443]);
  expect(heldPorts(["head\n" + line("0100007F", "01BB", "0A"), line(any6, "61E4", "0A")])).toEqual([
    25060,
  ]);
  expect(heldPorts([line("00000000", "01BB", "01")])).toEqual([]);
});

test.runIf(existsSync("/proc/net/tcp"))("the kernel's table is read as it is", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as { readonly port: number };
  const table = readFileSync("/proc/net/tcp", "utf8");
  server.close();
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  expect(heldPorts([table.replaceAll(`00000000:${hex} `, "00000000:01BB ")])).toContain(443);
});

test.runIf(process.platform === "linux")("a machine is read in the first second", async () => {
  const started = performance.now();
  const machine = await readMachine("nodes");
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(machine).toMatchObject({ platform: "linux", loopback: true });
  expect(machine.memory).toBeGreaterThan(0);
});
