import { Log, type V1Pod } from "@kubernetes/client-node";
import { Writable } from "node:stream";
import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "./cluster.ts";
import { ended, endingOf, withPod, type Ending } from "./lifetime.ts";
import { oneOffJob } from "./one-off.ts";
import { liveTemplate } from "./template.ts";

/** Where what a command prints goes, and what goes wrong meanwhile. */
export interface Terminal {
  readonly out: (chunk: Uint8Array) => void;
  readonly say: (sentence: string) => void;
}

/** One command of `tootctl`. */
export interface Command {
  readonly args: readonly string[];
  /** Past the transaction pool. */
  readonly direct: boolean;
  /** After so long the cluster ends it. */
  readonly deadlineSeconds: number;
}

/**
 * Runs `tootctl` in a pod of its own and shows what it prints. The command is the pod's: if the connection to the cluster breaks off
 * the command goes on, and its log is taken up again. Answers how it ended; the pod is gone by then.
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
  });
  return await withPod(cluster, job, signal, async (pod) => {
    const followed = follow(cluster, pod, terminal, signal);
    const ending = await ended(cluster, pod, signal);
    await followed;
    return ending;
  });
}

/** Shows the log to its end; takes it up again where the connection broke off. Without a log the command still counts. */
async function follow(
  cluster: Cluster,
  pod: V1Pod,
  { out, say }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { name } = pod.metadata!;
  let shown = 0;
  for (let tries = 0; !signal.aborted; tries += 1) {
    // The log from its beginning each time: what was shown is skipped, so that no line is lost or doubled.
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
    try {
      await logged(cluster, name!, sink, signal);
    } catch (error) {
      if (tries === 0 && !signal.aborted)
        say(
          `The log breaks off (${reasonOf(error)}); the command goes on, and it is taken up again.`,
        );
    }
    const now = await cluster.core
      .readNamespacedPod({ name: name!, namespace: NAMESPACE })
      .catch(() => undefined);
    if (now === undefined || endingOf(now) !== undefined) return;
    await new Promise((done) => setTimeout(done, 1_000));
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
    // The client pipes the connection into the sink and listens to none of its errors: one that breaks would end this process.
    sink.once("pipe", (source) => source.once("error", failed));
  });
  // Awaited only below: until then it may fail without being heard.
  over.catch(() => undefined);
  const request = await new Log(cluster.config).log(NAMESPACE, pod, "command", sink, {
    follow: true,
  });
  signal.addEventListener("abort", () => request.abort(), { once: true });
  await over;
}
