/**
 * Critical path of an update: the dependencies between resources, the real duration of each, and
 * the shortest total.
 */

/** One operation of an update. */
export interface Task {
  /** The resource's URN. */
  readonly id: string;
  /** Label: the last part of the type and the logical name. */
  readonly label: string;
  /** Duration on the real clouds. */
  readonly seconds: number;
  /** Source of that number. */
  readonly source?: string;
  /**
   * URNs that must be done before this one starts. URNs without a task in this update count as
   * done.
   */
  readonly after: readonly string[];
}

/** A task with its times, in seconds since the start of the update. */
export interface ScheduledTask extends Task {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A schedule in which every task starts as soon as its dependencies are done. */
export interface Schedule {
  readonly totalSeconds: number;
  /** By start, then by id. */
  readonly tasks: readonly ScheduledTask[];
  /** The chain that determines the total, first to last, without tasks of no length. */
  readonly criticalPath: readonly ScheduledTask[];
}

/**
 * Schedules tasks as the engine would without a limit on parallelism.
 * @throws if tasks wait for each other in a circle, with their names: then the state file is
 * broken.
 */
export function schedule(tasks: readonly Task[]): Schedule {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const done = new Map<string, ScheduledTask>();
  const reasons = new Map<string, string>();
  const place = (id: string, trail: readonly string[]): ScheduledTask | undefined => {
    const known = done.get(id);
    const task = byId.get(id);
    if (known !== undefined || task === undefined) return known;
    if (trail.includes(id))
      throw new Error(`These resources wait for each other: ${[...trail, id].join(" → ")}.`);
    const before = task.after.flatMap((other) => place(other, [...trail, id]) ?? []);
    const last = lastOf(before);
    const startsAt = last?.endsAt ?? 0;
    const scheduled = { ...task, startsAt, endsAt: startsAt + task.seconds };
    if (last !== undefined) reasons.set(id, last.id);
    done.set(id, scheduled);
    return scheduled;
  };
  for (const task of tasks) place(task.id, []);
  const scheduled = [...done.values()].sort(
    (a, b) => a.startsAt - b.startsAt || a.id.localeCompare(b.id),
  );
  const last = lastOf(scheduled);
  const path: ScheduledTask[] = [];
  for (let task = last; task !== undefined;) {
    path.unshift(task);
    const reason = reasons.get(task.id);
    task = reason === undefined ? undefined : done.get(reason);
  }
  return {
    totalSeconds: last?.endsAt ?? 0,
    tasks: scheduled,
    criticalPath: path.filter((task) => task.seconds > 0),
  };
}

/**
 * The task that ends last; of several the first by label. Otherwise three records of the same
 * second would take turns on the path, depending on their order.
 */
function lastOf(tasks: readonly ScheduledTask[]): ScheduledTask | undefined {
  const [last] = [...tasks].sort(
    (one, other) => other.endsAt - one.endsAt || (one.label < other.label ? -1 : 1),
  );
  return last;
}
