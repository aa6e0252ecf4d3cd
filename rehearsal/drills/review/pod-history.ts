import type { V1Pod } from "@kubernetes/client-node";
import type { PodLedger } from "../../checks/pod-watch.ts";

/** History of a component's pods during an update. */
export interface ComponentHistory {
  /** Ready pods at the beginning, and the fewest at any moment. */
  readonly readyBefore: number;
  readonly leastReady: number;
  /** The fewest pods that existed and were not being deleted, ready or not. */
  readonly leastStanding: number;
  /** Pods of the beginning whose process is not the one of then: deleted, or restarted. */
  readonly ended: number;
  readonly imagesBefore: readonly string[];
  readonly imagesAfter: readonly string[];
}

interface Now {
  ready: number;
  standing: number;
}

/**
 * Records the pods of each component, and the Sidekiq pods of each queue, at every change. It has
 * no side effects.
 */
export class PodHistory implements PodLedger {
  readonly #pods = new Map<string, V1Pod>();
  readonly #before: readonly V1Pod[];
  readonly #least = new Map<string, Now>();
  readonly #leastOfQueue = new Map<string, number>();
  #changes = 0;

  constructor(pods: readonly V1Pod[]) {
    this.#before = pods.filter(isReady);
    for (const pod of pods) this.#pods.set(uidOf(pod), pod);
    this.#look();
  }

  put(pod: V1Pod): void {
    this.#pods.set(uidOf(pod), pod);
    this.#changed();
  }

  remove(pod: V1Pod): void {
    this.#pods.delete(uidOf(pod));
    this.#changed();
  }

  /** Number of changes that were seen. */
  get changes(): number {
    return this.#changes;
  }

  /** By component, for those that had a ready pod at the beginning. */
  get components(): ReadonlyMap<string, ComponentHistory> {
    const names = [...new Set(this.#before.map(componentOf))].sort();
    return new Map(names.map((name) => [name, this.#historyOf(name)]));
  }

  /** The fewest ready pods at any moment, by queue that had one at the beginning. */
  get queues(): ReadonlyMap<string, number> {
    return this.#leastOfQueue;
  }

  /** Queues of the beginning that no ready pod works now. */
  get orphans(): readonly string[] {
    const worked = new Set([...this.#pods.values()].filter(isReady).flatMap(queuesOf));
    return [...this.#leastOfQueue.keys()].filter((queue) => !worked.has(queue));
  }

  #historyOf(component: string): ComponentHistory {
    const before = this.#before.filter((pod) => componentOf(pod) === component);
    const { ready, standing } = this.#least.get(component) ?? { ready: 0, standing: 0 };
    const after = [...this.#pods.values()].filter(
      (pod) => componentOf(pod) === component && isReady(pod),
    );
    return {
      readyBefore: before.length,
      leastReady: ready,
      leastStanding: standing,
      ended: before.filter((pod) => !isAsBefore(pod, this.#pods.get(uidOf(pod)))).length,
      imagesBefore: imagesOf(before),
      imagesAfter: imagesOf(after),
    };
  }

  #changed(): void {
    this.#changes += 1;
    this.#look();
  }

  #look(): void {
    const pods = [...this.#pods.values()];
    for (const component of new Set(this.#before.map(componentOf))) {
      const own = pods.filter((pod) => componentOf(pod) === component);
      const least = this.#least.get(component) ?? { ready: Infinity, standing: Infinity };
      this.#least.set(component, {
        ready: Math.min(least.ready, own.filter(isReady).length),
        standing: Math.min(least.standing, own.filter(isStanding).length),
      });
    }
    const worked = pods.filter(isReady).flatMap(queuesOf);
    for (const queue of new Set(this.#before.flatMap(queuesOf))) {
      const workers = worked.filter((each) => each === queue).length;
      this.#leastOfQueue.set(queue, Math.min(this.#leastOfQueue.get(queue) ?? Infinity, workers));
    }
  }
}

function uidOf(pod: V1Pod): string {
  return pod.metadata?.uid ?? "";
}

function componentOf(pod: V1Pod): string {
  return pod.metadata?.labels?.["app.kubernetes.io/component"] ?? "";
}

function isStanding({ metadata, status }: V1Pod): boolean {
  return (
    metadata?.deletionTimestamp === undefined &&
    status?.phase !== "Succeeded" &&
    status?.phase !== "Failed"
  );
}

/** A pod that is being deleted gets no new request, though it may still answer. */
function isReady(pod: V1Pod): boolean {
  return (
    isStanding(pod) &&
    pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ===
      true
  );
}

/** Queues of a Sidekiq pod, from its arguments: `-q push,5`. Empty for other pods. */
export function queuesOf({ spec }: V1Pod): readonly string[] {
  return (spec?.containers ?? []).flatMap(({ args = [] }) =>
    args.flatMap((arg, at) => (args[at - 1] === "-q" ? [arg.split(",")[0] ?? ""] : [])),
  );
}

/** Whether the same processes run: the pod exists, and none of its containers was restarted. */
function isAsBefore(before: V1Pod, now: V1Pod | undefined): boolean {
  return now !== undefined && isStanding(now) && restartsOf(now) === restartsOf(before);
}

function restartsOf({ status }: V1Pod): number {
  return (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function imagesOf(pods: readonly V1Pod[]): readonly string[] {
  return [
    ...new Set(pods.flatMap(({ spec }) => spec?.containers.map(({ image }) => image ?? "") ?? [])),
  ].sort();
}
