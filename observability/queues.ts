import { exported, type Alert } from "./alert.ts";

/**
 * Age of a queue's oldest job above which an alert fires, seconds. It is low for queues for which
 * members wait, higher for those for which other servers wait. toot.community adds processes at 5 s
 * for `default` and 300 s for `pull`. The alert fires if that has not helped.
 */
const LATE: readonly (readonly [queues: string, seconds: number, severity: Alert["severity"]])[] = [
  ["default", 60, "page"],
  ["push|ingress|mailers", 300, "page"],
  ["scheduler", 900, "ticket"],
  ["pull|fasp", 1_800, "ticket"],
];

/** Background jobs that are late or were given up. */
export const QUEUE_ALERTS: readonly Alert[] = [
  ...LATE.map(([queues, seconds, severity]): Alert => ({
    name: `MastodonQueueLate${queues
      .split("|")
      .map((queue) => queue[0]!.toUpperCase() + queue.slice(1))
      .join("")}`,
    severity,
    expr: `max by (queue) (${exported("sidekiq_queue_latency_seconds", `queue=~"${queues}"`)}) > ${seconds}`,
    for: "10m",
    summary: "Jobs of {{ $labels.queue }} wait {{ $value | humanizeDuration }}",
    runbook: "A late queue",
  })),
  {
    name: "MastodonDeadJobs",
    severity: "ticket",
    expr: `max(delta(${exported("sidekiq_stats_dead_size")}[1h])) > 100`,
    for: "0m",
    summary: "{{ $value | humanize }} jobs were given up in an hour",
    runbook: "A late queue",
  },
];
