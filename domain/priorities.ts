/**
 * Priorities of pods when room is short. Without them a nightly clean-up that was scheduled first
 * would block a web pod.
 *
 * A release has the same priority as serving pods, so neither preempts the other: only a higher
 * value does (https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/). A
 * migration that a web pod preempted in a busy hour would start again, and delay the update.
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
  /** The higher has precedence; Kubernetes' own start at a billion. */
  readonly value: number;
  readonly what: string;
}

/**
 * The classes, by purpose. The name contains the value, because Kubernetes does not allow to change
 * it ("value: Forbidden: may not be changed in an update"). Another value is another class, to
 * which the pods move before the old one is deleted. A pod with a missing class is refused.
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
