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
