import { execFile, spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { installKubernetesPlugin } from "../../engine/kubernetes-plugin.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

/** Installs a fake plugin at the path where the engine looks for the SDK's version. */
async function installed(program: string): Promise<{ folder: string; plugin: string }> {
  const folder = temporaryFolder("plugin");
  const binary = join(folder, "control-plane");
  await writeFile(binary, `#!/bin/sh\n${program}\n`);
  await chmod(binary, 0o755);
  await installKubernetesPlugin(binary, join(folder, "home"));
  const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const version = dependencies["@pulumi/kubernetes"];
  const place = `home/plugins/resource-kubernetes-v${version}/pulumi-resource-kubernetes`;
  return { folder, plugin: join(folder, place) };
}

test("the engine finds the provider, told to call itself by the SDK's version and its own commit", async () => {
  const { plugin } = await installed('echo "$@" "$REHEARSAL_PROVIDER_VERSION"');
  const { stdout } = await promisify(execFile)(plugin, ["127.0.0.1:4711"]);
  expect(stdout).toMatch(
    /^pulumi-resource-kubernetes 127\.0\.0\.1:4711 \d+\.\d+\.\d+\+[0-9a-f]{12}\n$/u,
  );
});

test("the provider ends with the engine that started it, after `kill -9`, too", async () => {
  const { folder, plugin } = await installed("echo $$ >pid; exec sleep 60");
  const starts = `require("node:child_process").spawn(process.argv[1], { stdio: "ignore" })`;
  const engine = spawn(process.execPath, ["-e", starts, plugin], { cwd: folder, stdio: "ignore" });
  const pid = async () => Number(await readFile(join(folder, "pid"), "utf8").catch(() => ""));
  while ((await pid()) === 0) await sleep(10);
  expect(isThere(await pid())).toBe(true);
  engine.kill("SIGKILL");
  for (let i = 0; i < 2_000 && isThere(await pid()); i++) await sleep(10);
  expect(isThere(await pid())).toBe(false);
});

/** Whether it runs: a zombie process has no program any more. */
function isThere(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return true;
  } catch {
    return false;
  }
}
