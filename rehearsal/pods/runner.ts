import {
  BatchV1Api,
  CoreV1Api,
  DiscoveryV1Api,
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
import { setTimeout as sleep } from "node:timers/promises";
import { RUNNER_COMPONENTS, RUNNER_IMAGES } from "../kubernetes/stages.ts";
import type { ContainerGround } from "./container.ts";
import { JobPod, timeoutOf } from "./job-pod.ts";
import { pauseBeforeStop } from "./leaving.ts";
import { liveValues } from "./live-values.ts";
import { PodServer } from "./pod-server.ts";
import { statusPatch, type ContainerStanding, type Standing } from "./pod-status.ts";

/** Input of a runner. */
export interface PodRunnerOptions {
  readonly kubeconfigFile: string;
  /** Folder for the volumes of running pods. */
  readonly directory: string;
  readonly hosts: () => ReadonlyMap<string, string>;
  /** The Debian 13 root file system from which images are built. */
  readonly root: string;
  /** The images' trust store, PEM. */
  readonly trustStore: () => Promise<string>;
  /** Receives errors of the runner itself. A failing program is no such error. */
  readonly failed: (error: unknown) => void;
}

/**
 * Address range of pods that serve: in the cluster's range, far from the addresses of the simulated
 * kubelet.
 */
const ADDRESSES = "10.244.255";
/**
 * Milliseconds before a program that did not start is restarted, instead of a kubelet's ten seconds
 * and more.
 */
const BACK_OFF_MS = 1_000;
/**
 * A kubelet for the pods whose programs exist on this machine. It runs the real programs with the
 * live pod's environment, mounts and user, and reports their end to the API. The simulated kubelet
 * ignores these pods (`RUNNER_IMAGES`).
 */
export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #api: CoreV1Api;
  readonly #batch: BatchV1Api;
  readonly #discovery: DiscoveryV1Api;
  readonly #apiServer: URL;
  readonly #informer: Informer<V1Pod>;
  readonly #runs = new Map<string, { readonly abort: AbortController; done: Promise<void> }>();

  readonly #servers = new Map<string, PodServer>();
  readonly #jobs = new Map<string, JobPod>();
  readonly #addresses = new Map<string, number>();
  #stopped = false;

  constructor(options: PodRunnerOptions) {
    this.#options = options;
    const config = new KubeConfig();
    config.loadFromFile(options.kubeconfigFile);
    this.#api = config.makeApiClient(CoreV1Api);
    this.#batch = config.makeApiClient(BatchV1Api);
    this.#discovery = config.makeApiClient(DiscoveryV1Api);
    this.#apiServer = new URL(config.getCurrentCluster()?.server ?? "");
    this.#informer = makeInformer(config, "/api/v1/pods", () =>
      this.#api.listPodForAllNamespaces(),
    );
    this.#informer.on("add", (pod) => this.#seen(pod));
    this.#informer.on("update", (pod) => this.#seen(pod));
    // A Pod that is deleted without a grace period is gone without an update.
    this.#informer.on("delete", (pod) => this.#runs.get(pod.metadata?.uid ?? "")?.abort.abort());
    this.#informer.on("error", () => void this.#startAgain());
  }

  async start(): Promise<void> {
    await this.#informer.start();
  }

  /** Starts the watch again after it broke off, as while the API server is away. */
  async #startAgain(): Promise<void> {
    while (!this.#stopped) {
      await sleep(BACK_OFF_MS, undefined, { ref: false });
      const isStarted = await this.#informer.start().then(
        () => true,
        () => false,
      );
      if (isStarted) return;
    }
  }

  /** Ends all programs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#informer.stop();
    for (const { abort } of this.#runs.values()) abort.abort();
    await Promise.all([...this.#runs.values()].map(({ done }) => done));
  }

  /**
   * The running program of a pod, by the pod's UID; undefined if the pod is simulated, or not
   * ready.
   */
  serverOf(uid: string): PodServer | undefined {
    return this.#servers.get(uid);
  }

  /** A Job's pod that runs or has run here, by its UID, with its log and its use. */
  jobOf(uid: string): JobPod | undefined {
    return this.#jobs.get(uid);
  }

  #seen(pod: V1Pod): void {
    const uid = pod.metadata?.uid ?? "";
    const container = pod.spec?.containers.find(({ image }) => runs(pod, image ?? ""));
    if (container === undefined || pod.spec?.nodeName === undefined) return;
    const running = this.#runs.get(uid);
    if (pod.metadata?.deletionTimestamp !== undefined) running?.abort.abort();
    else if (running === undefined && pod.status?.phase === "Pending") {
      const abort = new AbortController();
      const run = isOfJob(pod)
        ? this.#run(pod, abort.signal)
        : this.#serve(pod, container, abort.signal);
      const done = run.catch(this.#options.failed);
      this.#runs.set(uid, { abort, done });
    }
  }

  async #run(pod: V1Pod, signal: AbortSignal): Promise<void> {
    const uid = pod.metadata?.uid ?? "";
    const folder = join(this.#options.directory, uid);
    const job = new JobPod(pod);
    this.#jobs.set(uid, job);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await job.run(() => this.#ground(pod, folder), {
        timeoutMs: timeoutOf(pod, await this.#deadlineOf(pod)),
        signal,
        report: (standing) => this.#report(pod, standing),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Deadline of a pod's Job, seconds; undefined if it has none, or is gone. */
  async #deadlineOf({ metadata }: V1Pod): Promise<number | undefined> {
    const { namespace = "", ownerReferences = [] } = metadata ?? {};
    const name = ownerReferences.find(({ kind }) => kind === "Job")?.name ?? "";
    const job = await this.#batch.readNamespacedJob({ name, namespace }).catch(() => undefined);
    return job?.spec?.activeDeadlineSeconds;
  }

  /**
   * Runs a server. It is ready when its probe succeeds, and restarted when it ends. When its pod is
   * deleted, it is stopped after its `preStop` pause, and then removed.
   */
  async #serve(pod: V1Pod, container: V1Container, signal: AbortSignal): Promise<void> {
    const folder = join(this.#options.directory, pod.metadata?.uid ?? "");
    const startedAt = new Date();
    const told = new Promise<undefined>((resolve) => {
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
      if (signal.aborted) resolve(undefined);
    });
    let exitCode = 0;
    let failures = 0;
    for (let restarts = 0; !signal.aborted; restarts++) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const life = await this.#serveOnce(pod, container, told, { folder, restarts, failures });
      exitCode = life.exitCode;
      failures = life.began ? 0 : failures + 1;
      await rm(folder, { recursive: true, force: true });
    }
    if (this.#stopped) return;
    const terminated = { exitCode, reason: "Completed", startedAt, finishedAt: new Date() };
    const phase = exitCode === 0 ? "Succeeded" : "Failed";
    await this.#report(pod, {
      phase,
      containers: [{ container, ready: false, state: { terminated } }],
    });
  }

  /**
   * Runs the program from its start to its end, or until its pod is deleted. Returns how it ended,
   * and whether it had started.
   * @param failures number of failed starts in a row before this one.
   */
  async #serveOnce(
    pod: V1Pod,
    container: V1Container,
    told: Promise<undefined>,
    {
      folder,
      restarts,
      failures,
    }: { readonly folder: string; readonly restarts: number; readonly failures: number },
  ): Promise<{ readonly exitCode: number; readonly began: boolean }> {
    const uid = pod.metadata?.uid ?? "";
    const startedAt = new Date();
    const report = (
      ready: boolean,
      state: ContainerStanding["state"],
      podIP?: string,
    ): Promise<void> =>
      this.#report(pod, {
        ...{ phase: "Running", containers: [{ container, ready, state, restarts }] },
        ...(podIP === undefined ? {} : { podIP }),
      });
    try {
      const server = await PodServer.start(pod, container, await this.#ground(pod, folder));
      this.#servers.set(uid, server);
      await report(true, { running: { startedAt } }, this.#addressOf(uid));
      const ended = await Promise.race([told, server.ended]);
      if (ended === undefined) {
        // A pod that is being deleted still accepts connections while the endpoints are updated.
        await pauseBeforeStop(this.#discovery, pod, container, () => this.#stopped);
        await server.stop();
        return { exitCode: 0, began: true };
      }
      this.#servers.delete(uid);
      await server.stop();
      const exitCode = ended.exitCode ?? 137;
      const reason = exitCode === 0 ? "Completed" : "Error";
      await report(false, { terminated: { exitCode, reason, startedAt, finishedAt: new Date() } });
      return { exitCode, began: true };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const end = { exitCode: 1, reason: "Error", message, startedAt, finishedAt: new Date() };
      // A kubelet restarts it at once after the first time, and with growing delays after each
      // other one.
      await report(
        false,
        failures === 0 ? { terminated: end } : { waiting: { reason: "CrashLoopBackOff", message } },
      );
      await Promise.race([told, sleep(BACK_OFF_MS, undefined, { ref: false })]);
      return { exitCode: 1, began: false };
    }
  }

  /** A pod keeps its address when its program restarts. */
  #addressOf(uid: string): string {
    const number = this.#addresses.get(uid) ?? this.#addresses.size + 2;
    this.#addresses.set(uid, number);
    return `${ADDRESSES}.${number}`;
  }

  async #ground(pod: V1Pod, folder: string): Promise<ContainerGround> {
    return {
      read: liveValues(this.#api, pod.metadata?.namespace ?? "", this.#apiServer),
      hosts: this.#options.hosts(),
      root: this.#options.root,
      trustStore: await this.#options.trustStore(),
      folder,
      images: join(this.#options.directory, "images"),
    };
  }

  async #report(pod: V1Pod, standing: Standing): Promise<void> {
    const { name = "", namespace = "" } = pod.metadata ?? {};
    try {
      await this.#api.patchNamespacedPodStatus(
        { name, namespace, body: statusPatch(pod, standing) },
        setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
      );
    } catch (error) {
      // The pod was deleted while its program ran, so the result is not needed.
      if ((error as { readonly code?: number }).code !== 404) throw error;
    }
  }
}

/** Whether a pod ends on its own; all others serve. */
function isOfJob(pod: V1Pod): boolean {
  return pod.metadata?.ownerReferences?.some(({ kind }) => kind === "Job") === true;
}

function runs({ metadata }: V1Pod, image: string): boolean {
  const component = metadata?.labels?.["app.kubernetes.io/component"] ?? "";
  return (
    RUNNER_COMPONENTS.includes(component) ||
    RUNNER_IMAGES.some((pattern) => new RegExp(pattern, "u").test(image))
  );
}
