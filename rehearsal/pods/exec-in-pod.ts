import type { V1Pod } from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { OWN_CONTAINER, type Execute } from "../../ops/pods/exec-command.ts";
import { runInitContainers, sandboxOf } from "./container.ts";
import { containerOf } from "./pod-environment.ts";
import type { ProbeGround } from "./probes.ts";
import { runInSandbox } from "./sandbox.ts";

/** Timeout of a program, milliseconds. */
const TIMEOUT_MS = 50_000;

/**
 * Replaces `exec`, which the simulated kubelet does not have. It runs the real program with the
 * live pod's environment, mounts and user. A pod's volumes are the same in each run.
 */
export function execInSandbox(ground: ProbeGround): Execute {
  return async (_cluster, pod: V1Pod, execution, signal) => {
    const { container: name = OWN_CONTAINER, command, out, error, input } = execution;
    const container = containerOf(pod, name);
    const folder = join(ground.directory, pod.metadata?.uid ?? "", container.name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const images = join(ground.directory, "images");
    const around = { ...ground, folder, images };
    await runInitContainers(pod, around);
    const { exitCode, stderr } = await runInSandbox({
      ...(await sandboxOf(pod, container, around)),
      program: command,
      timeoutMs: TIMEOUT_MS,
      signal,
      output: out,
      ...(input === undefined ? {} : { input }),
    });
    error.write(stderr);
    return exitCode ?? 137;
  };
}
