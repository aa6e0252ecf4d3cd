/**
 * Priorities of pods when room is short. Without it a nightly clean-up that came first would keep a
 * web pod from its place. Pure.
 *
 * A release comes to its end beside what serves: neither stops the other, for only a higher value
 * takes a place (https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/).
 * A migration that a busy hour's web pod stopped would begin again, and hold up the update.
 */
const LEVELS = {
  serving: { value: 1_000, what: "What members and other servers wait for" },
  release: { value: 1_000, what: "What an update waits for" },
  background: { value: 500, what: "What works through queues" },
  upkeep: { value: 100, what: "What can wait for tomorrow" },
} as const;

/** A PriorityClass of this stack. */
export interface Priority {
  readonly name: string;
  /** The higher goes first; Kubernetes' own begin at a billion. */
  readonly value: number;
  readonly what: string;
}

/**
 * The classes, by what they are for. The value is a part of the name, for Kubernetes lets nobody
 * change it ("value: Forbidden: may not be changed in an update"): another value is another class,
 * to which the pods move before the old one goes. A pod of a class that is not there is refused.
 */
export const PRIORITIES = classesOf(LEVELS);

/** Levels as classes. */
export function classesOf<T extends string>(
  levels: Readonly<Record<T, Omit<Priority, "name">>>,
): Readonly<Record<T, Priority>> {
  return Object.fromEntries(
    Object.entries<Omit<Priority, "name">>(levels).map(([level, { value, what }]) => [
      level,
      { name: `mastodon-${level}-${value}`, value, what },
    ]),
  ) as Record<T, Priority>;
}
