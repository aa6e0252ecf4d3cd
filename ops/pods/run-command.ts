import { Log, type V1Pod } from "@kubernetes/client-node";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "./cluster.ts";
import type { Ending } from "./ending.ts";
import { ended, withPod, type Say } from "./lifetime.ts";
import { oneOffJob } from "./one-off.ts";
import { liveTemplate, lowestPriorityOf } from "./template.ts";

/** Destinations of a command's output and of messages meanwhile. */
export interface Terminal {
  readonly out: (chunk: Uint8Array) => void;
  readonly say: Say;
}

/** One command of `tootctl`. */
export interface Command {
  readonly args: readonly string[];
  /** Whether it uses the direct database port instead of the transaction pool. */
  readonly direct: boolean;
  /** Seconds after which the cluster ends it. */
  readonly deadlineSeconds: number;
}

/**
 * Runs `tootctl` in a pod of its own and shows its output. The command belongs to the pod: if the
 * connection to the cluster breaks, the command continues and this reads its log again. Returns the
 * end of the command, after the pod is deleted.
 */
export async function runTootctl(
  cluster: Cluster,
  { args, direct, deadlineSeconds }: Command,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Ending> {
  const job = oneOffJob(await liveTemplate(cluster, direct), {
    name: "tootctl",
    args: ["bin/tootctl", ...args],
    deadlineSeconds,
    priority: await lowestPriorityOf(cluster),
  });
  return await withPod(
    cluster,
    job,
    signal,
    async (pod) => {
      const over = new AbortController();
      const ending = ended(cluster, pod, signal, terminal.say);
      const followed = follow(cluster, pod, terminal, {
        ended: ending.then(
          () => undefined,
          () => undefined,
        ),
        signal: AbortSignal.any([signal, over.signal]),
      });
      try {
        const known = await ending;
        // A lost node sends neither the rest of a log nor its end.
        await Promise.race([followed, sleep(REST_MS, undefined, { ref: false })]);
        return known;
      } finally {
        over.abort();
      }
    },
    terminal.say,
  );
}

/** Milliseconds for the rest of a log after its command ended. */
const REST_MS = 10_000;

/**
 * Shows the log to its end, and resumes it after a broken connection. A failed log does not fail
 * the command.
 */
async function follow(
  cluster: Cluster,
  pod: V1Pod,
  { out, say }: Terminal,
  until: { readonly ended: Promise<undefined>; readonly signal: AbortSignal },
): Promise<void> {
  let shown = 0;
  let isOver = false;
  void until.ended.then(() => (isOver = true));
  for (let tries = 0; !until.signal.aborted; tries += 1) {
    // Each request returns the log from its beginning. The lines already shown are skipped, so none
    // is lost or doubled.
    let skip = shown;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        const rest = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - rest.length;
        shown += rest.length;
        if (rest.length > 0) out(rest);
        done();
      },
    });
    const wasOver = isOver;
    let whole = true;
    try {
      await logged(cluster, pod.metadata!.name!, sink, until.signal);
    } catch (error) {
      whole = false;
      if (tries === 0 && !until.signal.aborted)
        say(
          `The log breaks off (${reasonOf(error)}); the command goes on, and it is taken up again.`,
        );
    }
    await Promise.race([until.ended, sleep(1_000)]);
    // A log that broke off when the command ended has more lines.
    if (isOver && (whole || wasOver)) return;
  }
}

/** Streams a log until it ends. */
async function logged(
  cluster: Cluster,
  pod: string,
  sink: Writable,
  signal: AbortSignal,
): Promise<void> {
  const over = new Promise<void>((done, failed) => {
    sink.once("finish", done).once("error", failed);
    // The client pipes the connection into the sink and handles none of its errors, so a broken
    // connection would end this process.
    sink.once("pipe", (source) => source.once("error", failed));
  });
  // Awaited only below. Until then a failure must not be an unhandled rejection.
  over.catch(() => undefined);
  const request = await new Log(cluster.config).log(NAMESPACE, pod, "command", sink, {
    follow: true,
  });
  signal.addEventListener("abort", () => request.abort(), { once: true });
  await over;
}
