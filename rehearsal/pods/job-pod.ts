import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { runInitContainers, sandboxOf, type ContainerGround } from "./container.ts";
import { openMemoryVolumes } from "./memory-volumes.ts";
import { Meter, type ContainerUse } from "./meter.ts";
import { processesBelow, signal, type ProcessUse } from "./process-tree.ts";
import { runInSandbox, type SandboxOptions, type SandboxResult } from "./sandbox.ts";
import type { ContainerStanding, Standing } from "./pod-status.ts";

/**
 * Limits of the part of a failed container's log that the kubelet keeps, with
 * `terminationMessagePolicy: FallbackToLogsOnError`. Otherwise it keeps nothing, because no program
 * here writes to `/dev/termination-log`
 * (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/).
 */
const LAST_WORDS = { characters: 2_048, lines: 80 } as const;

/** Timeout of a pod without a deadline, milliseconds: a step that waits for pods takes a minute. */
const TIMEOUT_MS = 180_000;
/** Longest timeout of a pod, milliseconds, also with a longer deadline. */
const MOST_MS = 3_600_000;

/**
 * Milliseconds after which a pod's programs are ended.
 * @param deadlineSeconds of its Job, whose controller would delete the pod then.
 */
export function timeoutOf(pod: V1Pod, deadlineSeconds?: number): number {
  const seconds = pod.spec?.activeDeadlineSeconds ?? deadlineSeconds;
  return seconds === undefined ? TIMEOUT_MS : Math.min(seconds * 1_000, MOST_MS);
}

/** Means of a run. */
export interface JobPodOptions {
  readonly timeoutMs: number;
  /** Ends all programs early. */
  readonly signal: AbortSignal;
  /** Receives each state of the pod, the last one included. */
  readonly report: (standing: Standing) => Promise<void>;
  /** Default: a sandbox of this machine. A test gives another. */
  readonly run?: typeof runInSandbox;
}

/**
 * A pod that ends on its own, as a Job's. Its init containers run in their order, then all its
 * containers at once. It has succeeded when each container ended with 0. One that fails stops no
 * other, as with a kubelet and `restartPolicy: Never`.
 */
export class JobPod {
  readonly #pod: V1Pod;
  readonly #pids = new Map<string, number>();
  readonly #meters = new Map<string, Meter>();
  readonly #results = new Map<string, SandboxResult>();

  constructor(pod: V1Pod) {
    this.#pod = pod;
  }

  /** Use of each container so far, by its name. */
  use(): ReadonlyMap<string, ContainerUse> {
    return new Map([...this.#meters].map(([name, meter]) => [name, meter.use]));
  }

  /** Output of the ended containers, by their names: the pod's log. */
  results(): ReadonlyMap<string, SandboxResult> {
    return this.#results;
  }

  /** Processes of a running container; none if it does not run. */
  async processes(container: string): Promise<readonly ProcessUse[]> {
    const pid = this.#pids.get(container);
    if (pid === undefined || this.#results.has(container)) return [];
    return (await processesBelow(pid)).filter(({ name }) => name !== "bwrap");
  }

  /**
   * Sends a signal to processes of a running container. SIGKILL is what the kernel sends when
   * memory is short.
   * @param program name of the processes. Default: all of the container's.
   * @throws Error if there is none.
   */
  async signal(container: string, signalName: NodeJS.Signals, program?: string): Promise<void> {
    const all = await this.processes(container);
    const found = all.filter(({ name }) => program === undefined || name === program);
    if (found.length === 0)
      throw new Error(
        `${container} has no process ${program ?? ""}: it has ${all.map(({ name }) => name).join(", ") || "none"}.`,
      );
    for (const { pid } of found) signal(pid, signalName);
  }

  /**
   * Runs it to its end, and reports that.
   * @param ground its world; a missing Secret or an impossible mount fails the pod.
   */
  async run(ground: () => Promise<ContainerGround>, options: JobPodOptions): Promise<void> {
    const { report } = options;
    const containers = this.#pod.spec?.containers ?? [];
    const startedAt = new Date();
    const standings = new Map<string, ContainerStanding>(
      containers.map((container) => [
        container.name,
        { container, ready: true, state: { running: { startedAt } } },
      ]),
    );
    let reported = report({ phase: "Running", containers: [...standings.values()] });
    await reported;
    const ended = (container: V1Container, result: SandboxResult): void => {
      this.#results.set(container.name, result);
      standings.set(container.name, endedStanding(container, result, startedAt));
      if (this.#results.size === containers.length) return; // The last report is the pod's end.
      const now = [...standings.values()];
      reported = reported.then(() => report({ phase: "Running", containers: now }));
    };
    await this.#execute(ground, options, ended);
    await reported;
    const failed = [...this.#results.values()].some(({ exitCode }) => exitCode !== 0);
    await report({ phase: failed ? "Failed" : "Succeeded", containers: [...standings.values()] });
  }

  async #execute(
    ground: () => Promise<ContainerGround>,
    options: JobPodOptions,
    ended: (container: V1Container, result: SandboxResult) => void,
  ): Promise<void> {
    const containers = this.#pod.spec?.containers ?? [];
    let close: (() => void) | undefined;
    try {
      const world = await ground();
      const memory = await openMemoryVolumes(this.#pod, world.folder);
      close = memory?.close;
      const given = { ...world, ...(memory && { mountsOfProcess: memory.pid }) };
      await runInitContainers(this.#pod, given, options);
      // All volumes are written before the first program begins. Otherwise one would read its
      // script while the next container's volumes are written again: it is empty, and ends with 0.
      const made = [];
      for (const container of containers)
        made.push({ container, sandbox: await sandboxOf(this.#pod, container, given) });
      await Promise.all(
        made.map(async ({ container, sandbox }) =>
          ended(
            container,
            await this.#container(container.name, sandbox, options).catch(notCreated),
          ),
        ),
      );
    } catch (error) {
      for (const container of containers) ended(container, notCreated(error));
    } finally {
      close?.();
    }
  }

  async #container(
    name: string,
    sandbox: SandboxOptions,
    { timeoutMs, signal, run = runInSandbox }: JobPodOptions,
  ): Promise<SandboxResult> {
    try {
      return await run({
        ...sandbox,
        ...{ timeoutMs, signal },
        started: (pid) => {
          this.#pids.set(name, pid);
          this.#meters.set(name, new Meter(pid));
        },
      });
    } finally {
      this.#meters.get(name)?.stop();
    }
  }
}

/** A missing Secret or an impossible mount: the container could not be created. */
function notCreated(error: unknown): SandboxResult {
  const why = error instanceof Error ? error.message : String(error);
  return { exitCode: 128, stdout: "", stderr: why };
}

function endedStanding(
  container: V1Container,
  result: SandboxResult,
  startedAt: Date,
): ContainerStanding {
  const failed = result.exitCode !== 0;
  return {
    container,
    ready: false,
    state: {
      terminated: {
        exitCode: result.exitCode ?? 137,
        reason: failed ? "Error" : "Completed",
        message: failed ? lastWordsOf(container, result) : "",
        startedAt,
        finishedAt: new Date(),
      },
    },
  };
}

function lastWordsOf(
  { terminationMessagePolicy }: V1Container,
  { stdout, stderr }: SandboxResult,
): string {
  if (terminationMessagePolicy !== "FallbackToLogsOnError") return "";
  const lines = `${stdout}${stderr}`.split("\n").slice(-LAST_WORDS.lines);
  return lines.join("\n").slice(-LAST_WORDS.characters);
}
