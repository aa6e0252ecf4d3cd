import { Exec, type V1Pod, type V1Status } from "@kubernetes/client-node";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { NAMESPACE } from "../../config/topology.ts";
import type { Cluster } from "./cluster.ts";
import type { Ending } from "./ending.ts";
import { takenAway, withPod, type Say } from "./lifetime.ts";
import { oneOffJob } from "./one-off.ts";
import { liveTemplate, lowestPriorityOf } from "./template.ts";

/** Keyboard input of an operator. */
export interface Keyboard {
  readonly stream: Readable;
  /** Called when the program is ready for input. */
  readonly attach: () => void;
}

/** An interactive program, or one whose output must not be in a log. */
export interface Session {
  /** Prefix of its Job's name. */
  readonly name: string;
  readonly command: readonly string[];
  readonly direct: boolean;
  readonly deadlineSeconds: number;
  readonly out: Writable;
  readonly error: Writable;
  /** If set, the program gets a terminal. */
  readonly keyboard?: Keyboard;
  readonly say: Say;
}

/**
 * Runs a program inside a pod that only waits for it. The output goes to this terminal only. The
 * pod's log, which a cluster may send elsewhere and keep, stays empty. Returns the end of the
 * program, after the pod is deleted.
 */
export async function runSession(
  cluster: Cluster,
  session: Session,
  signal: AbortSignal,
): Promise<Ending> {
  const { name, direct, deadlineSeconds, say } = session;
  const job = oneOffJob(await liveTemplate(cluster, direct), {
    name,
    args: ["sleep", String(deadlineSeconds)],
    deadlineSeconds,
    priority: await lowestPriorityOf(cluster),
  });
  return await withPod(
    cluster,
    job,
    signal,
    (pod) => explained(cluster, pod, executed(cluster, pod, session, signal), signal),
    say,
  );
}

/**
 * An exit status above this means that a signal ended the program, with its pod or for lack of
 * memory.
 */
const SIGNALLED = 128;

/** End of a program in a pod, with a message if the cluster ended the pod. */
export async function explained(
  cluster: Cluster,
  pod: V1Pod,
  running: Promise<number>,
  signal: AbortSignal,
): Promise<Ending> {
  try {
    const status = await running;
    if (status <= SIGNALLED) return { status };
    return (await takenAway(cluster, pod, signal)) ?? { status, says: KILLED };
  } catch (error) {
    signal.throwIfAborted();
    const ending = await takenAway(cluster, pod, signal).catch(() => undefined);
    if (ending?.says === undefined) throw error;
    return ending;
  }
}

const KILLED =
  "The program was ended by a signal, and its pod is well: most often it took more memory than its pod has.";

/** A program that runs in an existing pod. */
export interface Execution extends Pick<Session, "command" | "out" | "error" | "keyboard"> {
  /** Container of the pod. Default: the one of a command's own pod. */
  readonly container?: string;
  /** Standard input of the program, if it is not interactive. */
  readonly input?: Readable;
}

/** Runs a program in a pod. The rehearsal has another implementation. */
export type Execute = (
  cluster: Cluster,
  pod: V1Pod,
  execution: Execution,
  signal: AbortSignal,
) => Promise<number>;

/** The one container of a command's own pod. */
export const OWN_CONTAINER = "command";

/** Runs a program in a pod until its end. Returns its exit status. */
export async function executed(
  cluster: Cluster,
  pod: V1Pod,
  { container = OWN_CONTAINER, command, out, error, keyboard, input }: Execution,
  signal: AbortSignal,
): Promise<number> {
  const gate = input === undefined ? undefined : new PassThrough();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = await new Exec(cluster.config).exec(
    NAMESPACE,
    pod.metadata!.name!,
    container,
    [...command],
    out,
    // A terminal has one stream for both outputs.
    keyboard === undefined ? error : null,
    keyboard?.stream ?? gate ?? null,
    keyboard !== undefined,
    (status) => resolve(statusOf(status)),
  );
  keyboard?.attach();
  if (input !== undefined && gate !== undefined)
    fed(input, gate, () => (socket as { readonly bufferedAmount: number }).bufferedAmount).catch(
      (error: unknown) => {
        reject(error as Error);
        socket.close();
      },
    );
  signal.addEventListener("abort", () => socket.close(), { once: true });
  socket.once("error", reject);
  socket.once("close", () =>
    reject(
      new Error(
        "The connection to the cluster broke off, and with it the program. Nothing of it is left running.",
      ),
    ),
  );
  // A program may end before it has read everything. The rest of a dump is then not sent.
  return await promise.finally(() => input?.destroy());
}

/**
 * Bytes that may wait to be sent. The client has no limit and would load a whole dump into memory.
 */
const WAITING_BYTES = 8 * 1024 ** 2;

/** Forwards a stream as fast as the connection accepts it. */
async function fed(input: Readable, gate: PassThrough, waiting: () => number): Promise<void> {
  for await (const chunk of input) {
    gate.write(chunk);
    while (waiting() > WAITING_BYTES) await new Promise((done) => setTimeout(done, 20));
  }
  gate.end();
}

/** Reads the exit status from the API's status of the program's end. */
export function statusOf({ status, message, details }: V1Status): number {
  if (status === "Success") return 0;
  const code = details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  if (code !== undefined) return Number(code);
  throw new Error(`The program could not be run: ${message ?? "the cluster does not say why"}.`);
}
