import { EVERY_QUEUE, type SidekiqQueue } from "../facts/mastodon/minors.ts";

export type { SidekiqQueue };

/** The queues of every Mastodon that there are facts of: what a group may name. */
export const SIDEKIQ_QUEUES = EVERY_QUEUE;

/**
 * How late the oldest job of a queue may be before there is one process more, seconds. `default` and `pull` are toot.community's, whose groups scale by it; the
 * others stand between them by who waits: other servers and mail within half a minute, what nobody waits for as `pull`.
 */
export const SCALE_AT_SECONDS: Readonly<Record<Exclude<SidekiqQueue, "scheduler">, number>> = {
  default: 5,
  push: 30,
  ingress: 30,
  mailers: 30,
  pull: 300,
  fasp: 300,
};

/** How many jobs may wait for each thread before there is one process more: at some tenths of a second a job, about ten seconds' work. Assumed. */
export const JOBS_PER_THREAD = 40;
