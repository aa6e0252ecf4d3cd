import type { V1Pod } from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { containerOf, environmentOf } from "../pods/pod-environment.ts";
import type { ProbeGround } from "../pods/probes.ts";
import { runInSandbox, type SandboxResult } from "../pods/sandbox.ts";
import { mountsOf } from "../pods/volumes.ts";
import { checkOf, type Check } from "./check.ts";

/** Asks Redis as the pod does, with the password in the environment: command lines can be read by everybody. */
const REDIS = `url=\${REDIS_URL#rediss://}; login=\${url%@*}; place=\${url##*@}; place=\${place%%/*}
REDISCLI_AUTH=\${login#*:} exec valkey-cli --no-auth-warning --tls --cacert /etc/ssl/certs/ca-certificates.crt \\
  -h "\${place%:*}" -p "\${place##*:}" "$@"`;

/**
 * Runs a Sidekiq pod's own liveness command against the real Redis: without a heartbeat it must say that the process is dead, with one that it lives, and it must say nothing
 * where Redis can't be asked.
 */
export async function checkSidekiqLiveness(pod: V1Pod, ground: ProbeGround): Promise<Check> {
  const name = pod.metadata?.name ?? "";
  const container = containerOf(pod, "sidekiq");
  const command = container.livenessProbe?.exec?.command ?? [];
  const environment = { ...(await environmentOf(container, ground.read)), HOSTNAME: name };
  const folder = join(ground.directory, pod.metadata?.uid ?? "", "liveness");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const security = { ...pod.spec?.securityContext, ...container.securityContext };
  const mounts = await mountsOf(pod, container, ground.read, folder);
  const run = (
    program: readonly string[],
    trustStore = ground.trustStore,
  ): Promise<SandboxResult> =>
    runInSandbox({
      root: ground.root,
      program,
      environment,
      mounts,
      uid: security.runAsUser ?? 0,
      gid: security.runAsGroup ?? 0,
      hosts: ground.hosts,
      trustStore,
      timeoutMs: 20_000,
    });
  const redis = async (...args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await run(["bash", "-c", REDIS, "redis", ...args]);
    if (exitCode !== 0) throw new Error(`valkey-cli from ${name} failed: ${stderr.trim()}`);
  };
  const process = `${name}:1:0123456789ab`;
  const without = await run(command);
  await redis("SADD", "processes", process);
  await redis("HSET", process, "beat", "0");
  const living = await run(command);
  await redis("DEL", process);
  const stopped = await run(command);
  await redis("SREM", "processes", process);
  const deaf = await run(command, ground.otherCa);
  const wrong = (what: string, { exitCode }: SandboxResult, wanted: number): readonly string[] =>
    exitCode === wanted ? [] : [`${what} it ends with ${exitCode}`];
  return checkOf(
    "Sidekiq's liveness command, run in its pod, finds a heartbeat that Redis knows, misses one that is gone, and says nothing where it can't ask",
    [
      ...wrong("before the first heartbeat", without, 1),
      ...wrong("with a heartbeat", living, 0),
      ...wrong("after the last one", stopped, 1),
      ...wrong("with a certificate that nobody trusts", deaf, 0),
    ],
    stopped.stderr.trim(),
  );
}
