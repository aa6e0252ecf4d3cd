/**
 * The queues of Mastodon 4.6, in the order of its own weights (mastodon/mastodon `config/sidekiq.yml` at v4.6.5). A queue that no
 * process works keeps its jobs for ever.
 */
export const SIDEKIQ_QUEUES = [
  "default",
  "push",
  "ingress",
  "mailers",
  "pull",
  "scheduler",
  "fasp",
] as const;

/** The name of a queue. */
export type SidekiqQueue = (typeof SIDEKIQ_QUEUES)[number];

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

/** The weight of each queue, as Mastodon's own `config/sidekiq.yml` has it. */
export const QUEUE_WEIGHTS: Readonly<Record<SidekiqQueue, number>> = {
  default: 8,
  push: 6,
  ingress: 4,
  mailers: 2,
  pull: 1,
  scheduler: 1,
  fasp: 1,
};
