/**
 * The critical path of an update: which resource waited for which, how long each takes for real,
 * and so how long the whole takes at best. Pure.
 */

/** One operation of an update. */
export interface Task {
  /** The resource's URN. */
  readonly id: string;
  /** Label: the last part of the type and the logical name. */
  readonly label: string;
  /** Time that it takes on the real clouds, not here. */
  readonly seconds: number;
  /** Source of that number. */
  readonly source?: string;
  /**
   * URNs that must be done before this one starts. Those that are no task of this update count as
   * done.
   */
  readonly after: readonly string[];
}

/** A task with its place in time, in seconds since the update began. */
export interface ScheduledTask extends Task {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A schedule in which every task starts as soon as all it waits for is done. */
export interface Schedule {
  readonly totalSeconds: number;
  /** By start, then by id. */
  readonly tasks: readonly ScheduledTask[];
  /** The chain that decides the total, first to last; tasks of no length are left out. */
  readonly criticalPath: readonly ScheduledTask[];
}

/**
 * Schedules tasks as the engine would with no limit on parallelism.
 * @throws if tasks wait for each other in a circle, naming it: a state file with a circle is
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
 * The task that ends last; of several the first by label. Three records that are made in one second
 * would else take turns on the path, by whoever wrote their order down.
 */
function lastOf(tasks: readonly ScheduledTask[]): ScheduledTask | undefined {
  const [last] = [...tasks].sort(
    (one, other) => other.endsAt - one.endsAt || (one.label < other.label ? -1 : 1),
  );
  return last;
}
