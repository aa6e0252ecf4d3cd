import type { V1Pod } from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { libpqOf } from "./libpq.ts";
import { containerOf, environmentOf } from "./pod-environment.ts";
import type { ProbeGround } from "./probes.ts";
import { runInSandbox, type SandboxResult } from "./sandbox.ts";
import { mountsOf } from "./volumes.ts";

/**
 * Runs SQL as a container's process would: with its live environment, mounts and user. Returns the
 * output of `psql`.
 * @throws Error with Postgres' message.
 */
export async function queryFromPod(
  pod: V1Pod,
  containerName: string,
  sql: string,
  ground: ProbeGround,
  elsewhere: Elsewhere = {},
): Promise<string> {
  const result = await psqlFromPod(
    pod,
    containerName,
    ["-v", "ON_ERROR_STOP=1", "-c", sql],
    ground,
    elsewhere,
  );
  if (result.exitCode !== 0)
    throw new Error(`SQL from ${pod.metadata?.name ?? ""} failed: ${result.stderr.trim()}`);
  return result.stdout.trim();
}

/**
 * Runs each statement separately, also after a failed one. Returns each one's SQLSTATE: 00000 if it
 * was done, 42501 if it was not allowed. None may return rows.
 * @throws Error with Postgres' message, if it refused the connection.
 */
export async function statesFromPod(
  pod: V1Pod,
  containerName: string,
  statements: readonly string[],
  ground: ProbeGround,
  elsewhere: Elsewhere = {},
): Promise<readonly string[]> {
  const { stdout, stderr } = await psqlFromPod(
    pod,
    containerName,
    statements.flatMap((statement) => ["-c", statement, "-c", "\\echo :SQLSTATE"]),
    ground,
    elsewhere,
  );
  const states = stdout.split("\n").filter((line) => line !== "");
  if (states.length !== statements.length)
    throw new Error(`SQL from ${pod.metadata?.name ?? ""} failed: ${stderr.trim().slice(0, 300)}`);
  return states;
}

/** Another database than the container's own, or another connection to it. */
export interface Elsewhere {
  readonly PGDATABASE?: string;
  readonly PGPORT?: string;
}

async function psqlFromPod(
  pod: V1Pod,
  containerName: string,
  program: readonly string[],
  ground: ProbeGround,
  elsewhere: Elsewhere,
): Promise<SandboxResult> {
  const container = containerOf(pod, containerName);
  const environment = await environmentOf(container, ground.read);
  const folder = join(ground.directory, pod.metadata?.uid ?? "", containerName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const security = { ...pod.spec?.securityContext, ...container.securityContext };
  return await runInSandbox({
    root: ground.root,
    program: ["psql", "-XAtq", ...program],
    environment: { ...environment, ...libpqOf(environment), ...elsewhere },
    mounts: await mountsOf(pod, container, ground.read, folder),
    uid: security.runAsUser ?? 0,
    gid: security.runAsGroup ?? 0,
    hosts: ground.hosts,
    trustStore: ground.trustStore,
    timeoutMs: 20_000,
  });
}
