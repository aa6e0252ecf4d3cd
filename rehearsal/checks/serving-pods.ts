import type { KubeConfig, V1Pod } from "@kubernetes/client-node";
import { checkOf, type Check } from "./check.ts";
import { PodWatch, type PodLedger } from "./pod-watch.ts";
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
export class PodCount implements PodLedger {
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
  readonly #watch: PodWatch<PodCount>;

  private constructor(watch: PodWatch<PodCount>) {
    this.#watch = watch;
  }

  static async start(config: KubeConfig, namespace: string, bounds: Bounds): Promise<ServingWatch> {
    return new ServingWatch(
      await PodWatch.start(config, namespace, (pods) => new PodCount(bounds, pods)),
    );
  }

  get breaches(): readonly string[] {
    return [...this.#watch.faults, ...this.#watch.ledger.breaches];
  }

  /** Checks that the last step of each watched release waited for the old pods to stop. */
  get order(): Check {
    return this.#watch.ledger.order;
  }

  async stop(name: string): Promise<Check> {
    await this.#watch.stop();
    return checkOf(name, this.breaches, this.#watch.ledger.summary);
  }
}

function uidOf(pod: V1Pod): string {
  return pod.metadata?.uid ?? "";
}
