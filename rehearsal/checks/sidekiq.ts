import type { V1Pod } from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sandboxOf } from "../pods/container.ts";
import { containerOf } from "../pods/pod-environment.ts";
import { PodServer } from "../pods/pod-server.ts";
import type { ProbeGround } from "../pods/probes.ts";
import { runInSandbox, type SandboxResult } from "../pods/sandbox.ts";
import { checkOf, type Check } from "./check.ts";

/**
 * Connects to Valkey as the pod does, with the password in the environment: every user can read
 * command lines.
 */
const VALKEY = `url=\${REDIS_URL#rediss://}; login=\${url%@*}; place=\${url##*@}; place=\${place%%/*}
REDISCLI_AUTH=\${login#*:} exec valkey-cli --no-auth-warning --tls --cacert /etc/ssl/certs/ca-certificates.crt \\
  -h "\${place%:*}" -p "\${place##*:}" "$@"`;

/** Counted by the image's one job (`rehearsal/pods/image-config/jobs.rb`). */
const DONE = "rehearsal:done";
/**
 * Seconds for a job after SIGTERM, instead of Sidekiq's own 25. It is more than the two seconds for
 * which its idle threads wait in Valkey (`lib/sidekiq/fetch.rb`, `TIMEOUT`), plus slack for a busy
 * machine. Otherwise one of them would take the job that is given back, and die with it.
 */
const GRACE_SECONDS = 6;
const PATIENCE_MS = 10_000;
const POLL_MS = 100;

/**
 * Runs a Sidekiq pod's own program, a real Sidekiq, against the real Valkey. It must process every
 * queue of the pod. Its liveness command must find only it, and print nothing if Valkey does not
 * answer. A job that is running at SIGTERM must be in its queue again.
 */
export async function checkSidekiq(pod: V1Pod, ground: ProbeGround): Promise<Check> {
  const own = containerOf(pod, "sidekiq");
  const grace = { name: "REHEARSAL_GRACE_SECONDS", value: String(GRACE_SECONDS) };
  const container = { ...own, env: [...(own.env ?? []), grace] };
  const folder = join(ground.directory, pod.metadata?.uid ?? "", "sidekiq");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const images = join(ground.directory, "images");
  const around = { ...ground, folder, images };
  const like = await sandboxOf(pod, container, around);
  const inItsPlace = (program: readonly string[]): Promise<SandboxResult> =>
    runInSandbox({ ...like, program, timeoutMs: PATIENCE_MS });
  const valkey = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await inItsPlace([
      "bash",
      "-c",
      VALKEY,
      "valkey",
      ...args,
    ]);
    if (exitCode !== 0) throw new Error(`valkey-cli as Sidekiq failed: ${stderr.trim()}`);
    return stdout.trim();
  };
  const push = (queue: string, seconds: number): Promise<string> =>
    valkey("LPUSH", `queue:${queue}`, jobOf(queue, seconds));
  const alive = own.livenessProbe?.exec?.command ?? [];
  const queues = queuesOf(own.args ?? []);
  const [first = ""] = queues;
  const wrong: string[] = [];
  const wants = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) wrong.push(`${what}: ${String(found)} instead of ${String(wanted)}`);
  };

  wants("liveness before it starts", (await inItsPlace(alive)).exitCode, 1);
  const server = await PodServer.start(pod, container, around);
  const liveness = async (...words: readonly string[]): Promise<number | undefined> =>
    (await server.exec([...words, ...alive])).exitCode;
  wants("liveness while it runs", await liveness(), 0);
  wants("liveness by another pod's name", await liveness("env", "HOSTNAME=another"), 1);
  const deaf = ["env", "SSL_CERT_FILE=/etc/passwd"];
  wants("liveness where Valkey's certificate is trusted by nobody", await liveness(...deaf), 0);
  for (const queue of queues) await push(queue, 0);
  const allDone = await becomes(() => valkey("GET", DONE), String(queues.length));
  wants(`jobs done, one in each of ${queues.join(", ")}`, allDone, String(queues.length));
  await push(first, 60);
  wants(
    "jobs left when one has begun",
    await becomes(() => valkey("LLEN", `queue:${first}`), "0"),
    "0",
  );
  await server.stop(PATIENCE_MS);
  const { exitCode } = await server.ended;
  wants("its end after SIGTERM", exitCode, 0);
  wants("jobs that are back in their queue", await valkey("LLEN", `queue:${first}`), "1");
  wants("liveness after its end", (await inItsPlace(alive)).exitCode, 1);
  await valkey("DEL", `queue:${first}`, DONE);
  return checkOf(
    "a real Sidekiq works off the queues of its pod, its liveness command finds it and nobody else, and SIGTERM gives back what it had begun",
    wrong,
    `${queues.length} queues, liveness asked five times`,
  );
}

/** `-q default,8 -q push,6`: the queues of a Sidekiq's arguments. */
function queuesOf(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, at) => (args[at - 1] === "-q" ? [arg.split(",")[0] ?? ""] : []));
}

/** In the form of Sidekiq's own client (sidekiq 7.3 `lib/sidekiq/job_util.rb`). */
function jobOf(queue: string, seconds: number): string {
  const now = Date.now() / 1000;
  const jid = Buffer.from(`${queue}${seconds}`).toString("hex").slice(0, 24).padEnd(24, "0");
  const times = { created_at: now, enqueued_at: now };
  return JSON.stringify({
    class: "RehearsalJob",
    args: [seconds],
    queue,
    jid,
    retry: true,
    ...times,
  });
}

/** The value once it is the wanted one, or at the timeout. */
async function becomes(read: () => Promise<string>, wanted: string): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (found === wanted || performance.now() > deadline) return found;
    await sleep(POLL_MS);
  }
}
