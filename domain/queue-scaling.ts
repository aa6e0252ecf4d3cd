import type { SidekiqQueue } from "../facts/mastodon/minors.ts";

/**
 * Age of a queue's oldest job above which a process is added, seconds. `default` and `pull` are
 * toot.community's, whose groups scale by it. The others are between them: other servers and mail
 * wait half a minute; queues that nobody waits for are as `pull`.
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
 * Waiting jobs for each thread above which a process is added: at some tenths of a second a job,
 * about ten seconds' work. Assumed.
 */
export const JOBS_PER_THREAD = 40;
