import type { KubeConfig } from "@kubernetes/client-node";
import { CoreV1Api, makeInformer, type Informer, type V1Pod } from "@kubernetes/client-node";
import { checkOf, type Check } from "./check.ts";
import { ReleaseOrder } from "./release-order.ts";

/**
 * Counts the ready pods at every change of any pod. Nothing is sampled, so it sees a gap of a
 * millisecond.
 */

/**
 * Limits that must hold at every moment: a minimum of ready pods, or a maximum of existing ones.
 */
export interface Bounds {
  /** By component. */
  readonly ready: Readonly<Record<string, number>>;
  readonly atMost: Readonly<Record<string, number>>;
  /**
   * Minimum of pods that exist, whether they are ready or not. A program that ends when its
   * database connections break loses no pod, but none is ready for a moment. The check reports for
   * how long. Default: none.
   */
  readonly standing?: Readonly<Record<string, number>>;
}

/** Minimum and maximum that were seen. */
interface Seen {
  ready: number;
  there: number;
  standing: number;
}

/** Counts pods. It has no side effects. */
export class PodCount {
  readonly #bounds: Bounds;
  readonly #pods = new Map<string, V1Pod>();
  readonly #least = new Map<string, number>();
  readonly #most = new Map<string, number>();
  readonly #breaches: string[] = [];
  /** Since when fewer pods are ready than exist, and the longest such time, milliseconds. */
  readonly #away = new Map<string, { since: number | undefined; longest: number }>();
  readonly #order = new ReleaseOrder();
  #changes = 0;

  constructor(bounds: Bounds, pods: readonly V1Pod[]) {
    this.#bounds = bounds;
    for (const pod of pods) this.#pods.set(uidOf(pod), pod);
    this.#look("at the beginning");
  }

  put(pod: V1Pod): void {
    if (!this.#pods.has(uidOf(pod))) this.#order.begin(pod, this.#pods.values());
    this.#pods.set(uidOf(pod), pod);
    this.#changes++;
    this.#look(`after a change of ${pod.metadata?.name ?? ""}`);
  }

  remove(pod: V1Pod): void {
    this.#pods.delete(uidOf(pod));
    this.#changes++;
    this.#look(`after ${pod.metadata?.name ?? ""} was gone`);
  }

  /** Violations at any moment so far, each in a sentence. */
  get breaches(): readonly string[] {
    return this.#breaches;
  }

  /** Checks that the last step of each release waited for the old pods to stop. */
  get order(): Check {
    return this.#order.check();
  }

  /** `web 2 at least, …, over 312 changes`. */
  get summary(): string {
    const least = [...this.#least].map(([component, count]) => `${component} ${count} at least`);
    const most = [...this.#most].map(([component, count]) => `${component} ${count} at most`);
    const away = [...this.#away.keys()].map(
      (component) =>
        `${component} ${(this.awayMs(component) / 1_000).toFixed(1)} s not ready at most`,
    );
    return `${[...least, ...most, ...away].join(", ")}, over ${this.#changes} changes`;
  }

  /** Longest time in which fewer pods of a component were ready than must exist, milliseconds. */
  awayMs(component: string): number {
    const { since, longest } = this.#away.get(component) ?? { since: undefined, longest: 0 };
    return since === undefined ? longest : Math.max(longest, performance.now() - since);
  }

  #look(when: string): void {
    for (const [component, wanted] of Object.entries(this.#bounds.ready)) {
      const { ready } = this.#countOf(component);
      this.#least.set(component, Math.min(ready, this.#least.get(component) ?? Infinity));
      if (ready < wanted) this.#breaches.push(`${when}, ${ready} of ${wanted} ${component} served`);
    }
    for (const [component, allowed] of Object.entries(this.#bounds.atMost)) {
      const { there } = this.#countOf(component);
      this.#most.set(component, Math.max(there, this.#most.get(component) ?? 0));
      if (there > allowed) this.#breaches.push(`${when}, there were ${there} of ${component}`);
    }
    for (const [component, wanted] of Object.entries(this.#bounds.standing ?? {})) {
      const { ready, standing } = this.#countOf(component);
      if (standing < wanted)
        this.#breaches.push(`${when}, ${standing} of ${wanted} ${component} stood`);
      const { since } = this.#away.get(component) ?? { since: undefined };
      const isAway = ready < wanted;
      this.#away.set(component, {
        since: isAway ? (since ?? performance.now()) : undefined,
        longest: this.awayMs(component),
      });
    }
  }

  #countOf(component: string): Seen {
    const seen: Seen = { ready: 0, there: 0, standing: 0 };
    for (const { metadata, status } of this.#pods.values()) {
      if (metadata?.labels?.["app.kubernetes.io/component"] !== component) continue;
      if (status?.phase === "Succeeded" || status?.phase === "Failed") continue;
      seen.there += 1;
      if (metadata.deletionTimestamp === undefined) seen.standing += 1;
      // A pod that is being deleted gets no new request, though it may still answer.
      const isReady = status?.conditions?.some(
        ({ type, status: is }) => type === "Ready" && is === "True",
      );
      if (isReady === true && metadata.deletionTimestamp === undefined) seen.ready += 1;
    }
    return seen;
  }
}

/** Counts the pods of a namespace with a watch, until it is stopped. */
export class ServingWatch {
  readonly #count: PodCount;
  readonly #informer: Informer<V1Pod>;
  /** A watch that broke off may have missed a change, so it proves nothing. */
  readonly #faults: string[] = [];

  private constructor(count: PodCount, informer: Informer<V1Pod>) {
    this.#count = count;
    this.#informer = informer;
    informer.on("add", (pod) => count.put(pod));
    informer.on("update", (pod) => count.put(pod));
    informer.on("delete", (pod) => count.remove(pod));
    informer.on("error", (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      this.#faults.push(`the watch broke off: ${why}`);
    });
  }

  static async start(config: KubeConfig, namespace: string, bounds: Bounds): Promise<ServingWatch> {
    const api = config.makeApiClient(CoreV1Api);
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, () =>
      api.listNamespacedPod({ namespace }),
    );
    await informer.start();
    return new ServingWatch(new PodCount(bounds, informer.list()), informer);
  }

  get breaches(): readonly string[] {
    return [...this.#faults, ...this.#count.breaches];
  }

  /** Checks that the last step of each watched release waited for the old pods to stop. */
  get order(): Check {
    return this.#count.order;
  }

  async stop(name: string): Promise<Check> {
    await this.#informer.stop();
    return checkOf(name, this.breaches, this.#count.summary);
  }
}

function uidOf(pod: V1Pod): string {
  return pod.metadata?.uid ?? "";
}
