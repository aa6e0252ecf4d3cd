import type { SidekiqQueue } from "../facts/mastodon/minors.ts";

/**
 * Age of a queue's oldest job above which a process is added, seconds. `default` and `pull` are
 * from toot.community, whose groups scale by it. The others are between them: other servers and
 * mail can wait half a minute, and queues for which nobody waits are as `pull`.
 */
export const SCALE_AT_SECONDS: Readonly<Record<Exclude<SidekiqQueue, "scheduler">, number>> = {
  default: 5,
  push: 30,
  ingress: 30,
  mailers: 30,
  pull: 300,
  fasp: 300,
};

/**
 * Waiting jobs for each thread above which a process is added: with some tenths of a second for
 * each job, about ten seconds of work. Assumed.
 */
export const JOBS_PER_THREAD = 40;
