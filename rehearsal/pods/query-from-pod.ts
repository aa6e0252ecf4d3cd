import type { V1Pod } from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { libpqOf } from "./libpq.ts";
import { containerOf, environmentOf } from "./pod-environment.ts";
import type { ProbeGround } from "./probes.ts";
import { runInSandbox } from "./sandbox.ts";
import { mountsOf } from "./volumes.ts";

/**
 * Runs SQL as a container's process would: with its live environment, mounts and user. Answers what `psql` prints.
 * @throws Error with what Postgres said.
 */
export async function queryFromPod(
  pod: V1Pod,
  containerName: string,
  sql: string,
  ground: ProbeGround,
): Promise<string> {
  const container = containerOf(pod, containerName);
  const environment = await environmentOf(container, ground.read);
  const folder = join(ground.directory, pod.metadata?.uid ?? "", containerName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const security = { ...pod.spec?.securityContext, ...container.securityContext };
  const result = await runInSandbox({
    program: ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql],
    environment: { ...environment, ...libpqOf(environment) },
    mounts: await mountsOf(pod, container, ground.read, folder),
    uid: security.runAsUser ?? 0,
    gid: security.runAsGroup ?? 0,
    hosts: ground.hosts,
    trustStore: ground.trustStore,
    timeoutMs: 20_000,
  });
  if (result.exitCode !== 0)
    throw new Error(`SQL from ${pod.metadata?.name ?? ""} failed: ${result.stderr.trim()}`);
  return result.stdout.trim();
}
