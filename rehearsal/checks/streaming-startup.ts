import type { V1Pod } from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ContainerGround } from "../pods/container.ts";
import { containerOf } from "../pods/pod-environment.ts";
import { PodServer } from "../pods/pod-server.ts";
import { checkOf, type Check } from "./check.ts";

/** Faults in the pod's environment, with streaming's answer to each. */
const BROKEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "with a wrong password": { DB_PASS: "wrong" },
  "with another role": { DB_USER: "nobody" },
  "with a pool that is not there": { DB_NAME: "no-such-pool" },
  "with a port where nobody listens": { DB_PORT: "1" },
};

/**
 * Runs a live streaming pod's own startup probe next to the fake streaming program, with the pod's
 * environment. It must pass without a fault and fail with each fault, while the health page always
 * answers 200.
 */
export async function checkStreamingStartup(
  pod: V1Pod,
  ground: Omit<ContainerGround, "folder" | "images"> & { readonly directory: string },
): Promise<Check> {
  const container = containerOf(pod, "streaming");
  const probe = container.startupProbe?.exec?.command ?? [];
  const run = async (
    changes: Readonly<Record<string, string>>,
  ): Promise<{
    readonly passed: boolean;
    readonly says: string;
    readonly health: number | undefined;
  }> => {
    const env = (container.env ?? []).filter(({ name }) => !(name in changes));
    const changed = {
      ...container,
      env: [...env, ...Object.entries(changes).map(([name, value]) => ({ name, value }))],
    };
    delete changed.startupProbe;
    const name = Object.keys(changes)[0] ?? "well";
    const folder = join(ground.directory, pod.metadata?.uid ?? "", "startup", name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const server = await PodServer.start(pod, changed, {
      ...{ ...ground, folder, images: join(ground.directory, "images") },
    });
    try {
      const { exitCode, stdout, stderr } = await server.exec(probe);
      const [health] = await server.request([{ method: "GET", path: "/api/v1/streaming/health" }]);
      return {
        passed: exitCode === 0,
        says: (stdout || stderr).trim(),
        health: health?.status,
      };
    } finally {
      await server.stop();
    }
  };
  const well = await run({});
  const broken = await Promise.all(
    Object.entries(BROKEN).map(async ([what, changes]) => [what, await run(changes)] as const),
  );
  return checkOf(
    "streaming's startup probe, run in its pod, passes where its database answers, and fails where it doesn't though the health page says 200",
    [
      ...(well.passed ? [] : [`where all is well it fails: ${well.says}`]),
      ...broken.flatMap(([what, { passed, health }]) => [
        ...(passed ? [`${what} it passes`] : []),
        ...(health === 200 ? [] : [`${what} the health page says ${String(health)}`]),
      ]),
    ],
    `${broken.length} faults found; ${broken[0]?.[1].says ?? ""}`,
  );
}
