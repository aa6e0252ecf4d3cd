import {
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type Informer,
  type V1Container,
  type V1Pod,
} from "@kubernetes/client-node";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { RUNNER_IMAGES } from "../kubernetes/stages.ts";
import { liveValues } from "./live-values.ts";
import { environmentOf } from "./pod-environment.ts";
import { runInSandbox, type SandboxResult } from "./sandbox.ts";
import { mountsOf } from "./volumes.ts";

/** What a runner needs to know. */
export interface PodRunnerOptions {
  readonly kubeconfigFile: string;
  /** A folder of ours; volumes of running pods stand in it. */
  readonly directory: string;
  readonly hosts: () => ReadonlyMap<string, string>;
  /** The images' trust store, PEM. */
  readonly trustStore: () => Promise<string>;
  /** Told of what went wrong in the runner itself; a program that fails is the pod's business. */
  readonly failed: (error: unknown) => void;
}

/** No program of ours takes this long here. */
const TIMEOUT_MS = 60_000;
/** What Kubernetes keeps of a container's last words (`terminationMessagePath`, kubelet: 2,048 of a log). */
const LAST_WORDS_CHARACTERS = 2_048;

/**
 * A kubelet for the pods whose programs exist on this machine: runs them for real, with the live pod's environment, mounts and user, and
 * tells the API how they ended. The fake kubelet leaves these pods alone (`RUNNER_IMAGES`).
 */
export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #api: CoreV1Api;
  readonly #informer: Informer<V1Pod>;
  readonly #runs = new Map<string, { readonly abort: AbortController; done: Promise<void> }>();

  constructor(options: PodRunnerOptions) {
    this.#options = options;
    const config = new KubeConfig();
    config.loadFromFile(options.kubeconfigFile);
    this.#api = config.makeApiClient(CoreV1Api);
    this.#informer = makeInformer(config, "/api/v1/pods", () =>
      this.#api.listPodForAllNamespaces(),
    );
    this.#informer.on("add", (pod) => this.#seen(pod));
    this.#informer.on("update", (pod) => this.#seen(pod));
  }

  async start(): Promise<void> {
    await this.#informer.start();
  }

  /** Ends what runs and forgets it. */
  async stop(): Promise<void> {
    await this.#informer.stop();
    for (const { abort } of this.#runs.values()) abort.abort();
    await Promise.all([...this.#runs.values()].map(({ done }) => done));
  }

  #seen(pod: V1Pod): void {
    const uid = pod.metadata?.uid ?? "";
    const container = pod.spec?.containers.find(({ image }) => runs(image ?? ""));
    if (container === undefined || pod.spec?.nodeName === undefined) return;
    const running = this.#runs.get(uid);
    if (pod.metadata?.deletionTimestamp !== undefined) running?.abort.abort();
    else if (running === undefined && pod.status?.phase === "Pending") {
      const abort = new AbortController();
      const done = this.#run(pod, container, abort.signal).catch(this.#options.failed);
      this.#runs.set(uid, { abort, done });
    }
  }

  async #run(pod: V1Pod, container: V1Container, signal: AbortSignal): Promise<void> {
    const folder = join(this.#options.directory, pod.metadata?.uid ?? "");
    const startedAt = new Date();
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await this.#report(pod, container, "Running", { running: { startedAt } });
      const result = await this.#execute(pod, container, folder, signal);
      const failed = result.exitCode !== 0;
      await this.#report(pod, container, failed ? "Failed" : "Succeeded", {
        terminated: {
          exitCode: result.exitCode ?? 137,
          reason: failed ? "Error" : "Completed",
          message: `${result.stdout}${result.stderr}`.slice(-LAST_WORDS_CHARACTERS),
          startedAt,
          finishedAt: new Date(),
        },
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #execute(
    pod: V1Pod,
    container: V1Container,
    folder: string,
    signal: AbortSignal,
  ): Promise<SandboxResult> {
    const security = { ...pod.spec?.securityContext, ...container.securityContext };
    try {
      const read = liveValues(this.#api, pod.metadata?.namespace ?? "");
      return await runInSandbox({
        program: [...(container.command ?? []), ...(container.args ?? [])],
        environment: await environmentOf(container, read),
        mounts: await mountsOf(pod, container, read, folder),
        uid: security.runAsUser ?? 0,
        gid: security.runAsGroup ?? 0,
        hosts: this.#options.hosts(),
        trustStore: await this.#options.trustStore(),
        timeoutMs: TIMEOUT_MS,
        signal,
      });
    } catch (error) {
      // A missing Secret or an impossible mount: the container could not be made.
      const why = error instanceof Error ? error.message : String(error);
      return { exitCode: 128, stdout: "", stderr: why };
    }
  }

  async #report(
    pod: V1Pod,
    container: V1Container,
    phase: "Running" | "Succeeded" | "Failed",
    state: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const ready = phase === "Running";
    const condition = (type: string, status: boolean): object => ({
      type,
      status: status ? "True" : "False",
      lastTransitionTime: new Date(),
      ...(status ? {} : { reason: "PodCompleted" }),
    });
    const body = {
      status: {
        phase,
        conditions: [
          condition("Initialized", true),
          condition("Ready", ready),
          condition("ContainersReady", ready),
        ],
        containerStatuses: [
          {
            name: container.name,
            image: container.image,
            imageID: "",
            ready,
            started: ready,
            restartCount: 0,
            state,
          },
        ],
      },
    };
    const { name = "", namespace = "" } = pod.metadata ?? {};
    try {
      await this.#api.patchNamespacedPodStatus(
        { name, namespace, body },
        setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
      );
    } catch (error) {
      // It was deleted while its program ran: nobody asks any more.
      if ((error as { readonly code?: number }).code !== 404) throw error;
    }
  }
}

function runs(image: string): boolean {
  return RUNNER_IMAGES.some((pattern) => new RegExp(pattern, "u").test(image));
}
