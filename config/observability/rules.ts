/**
 * What wakes somebody, and what can wait until the evening. Pure: `observability/rules.yaml` is made of it, and where the cluster has the
 * Prometheus operator, an object. Names of metrics: kube-state-metrics' and cloudflared's own pages; streaming's,
 * mastodon/mastodon `streaming/metrics.js`; Puma's and Sidekiq's, discourse/prometheus_exporter `lib/prometheus_exporter/server/`.
 */

/** One alert. */
export interface Alert {
  readonly name: string;
  /** `page`: members notice, get up. `ticket`: it will become that; this evening. */
  readonly severity: "page" | "ticket";
  readonly expr: string;
  /** So long it must have been so. */
  readonly for: string;
  /** What is wrong, one line; `{{ … }}` is Prometheus'. */
  readonly summary: string;
  /** The heading of `docs/runbook.md` that says what to do. */
  readonly runbook: string;
}

/** Where the server's pods are, in kube-state-metrics' words. */
const OURS = 'namespace="mastodon"';

/**
 * A metric of prometheus_exporter: its prefix is whoever starts it's to choose (`ruby_` by itself, `mastodon_` in Mastodon's own
 * documentation, none in process).
 */
export function exported(name: string, labels = ""): string {
  return `{__name__=~"(ruby_|mastodon_)?${name}"${labels === "" ? "" : `,${labels}`}}`;
}

/**
 * How late a queue's oldest job may be, seconds: what members wait for soon, what other servers wait for later. toot.community adds
 * processes at 5 s for `default` and 300 s for `pull`; an alert comes when that has not helped.
 */
const LATE: readonly (readonly [queues: string, seconds: number, severity: Alert["severity"]])[] = [
  ["default", 60, "page"],
  ["push|ingress|mailers", 300, "page"],
  ["scheduler", 900, "ticket"],
  ["pull|fasp", 1_800, "ticket"],
];

/** Every alert, the loudest first. */
export const ALERTS: readonly Alert[] = [
  {
    name: "MastodonServiceWithoutPods",
    severity: "page",
    // Seen at a peer: a changed label, every pod healthy, nobody reached one, and no alert knew that.
    expr: `kube_service_info{${OURS}} unless on (namespace, service) label_replace(kube_endpoint_address{${OURS},ready="true"}, "service", "$1", "endpoint", "(.+)")`,
    for: "3m",
    summary: "No pod stands behind the Service {{ $labels.service }}",
    runbook: "A Service without pods",
  },
  {
    name: "MastodonTunnelDown",
    severity: "page",
    expr: "absent(cloudflared_tunnel_ha_connections) or sum(cloudflared_tunnel_ha_connections) < 1",
    for: "3m",
    summary: "No connection to Cloudflare: nobody reaches the server",
    runbook: "The tunnel",
  },
  {
    name: "MastodonTunnelDegraded",
    severity: "ticket",
    // Each connector keeps four, and there are two.
    expr: "sum(cloudflared_tunnel_ha_connections) < 5",
    for: "15m",
    summary: "{{ $value }} of 8 connections to Cloudflare: one connector away from being down",
    runbook: "The tunnel",
  },
  {
    name: "MastodonTooFewPods",
    severity: "page",
    expr: `kube_deployment_status_replicas_available{${OURS}} < kube_deployment_spec_replicas{${OURS}}`,
    for: "15m",
    summary: "{{ $labels.deployment }} has {{ $value }} pods, fewer than it should",
    runbook: "Pods that do not come up",
  },
  {
    name: "MastodonStreamingRestarts",
    severity: "page",
    // It ends with status 0 when Redis is bad: no crash shows, only that it began again.
    expr: `sum(increase(kube_pod_container_status_restarts_total{${OURS},container="streaming"}[30m])) > 2`,
    for: "0m",
    summary:
      "Streaming restarted {{ $value | humanize }} times in half an hour: Valkey, most likely",
    runbook: "Streaming restarts",
  },
  {
    name: "MastodonPodRestarts",
    severity: "ticket",
    expr: `sum by (container) (increase(kube_pod_container_status_restarts_total{${OURS},container!="streaming"}[1h])) > 3`,
    for: "0m",
    summary: "{{ $labels.container }} restarted {{ $value | humanize }} times in an hour",
    runbook: "Pods that do not come up",
  },
  {
    name: "MastodonOutOfMemory",
    severity: "ticket",
    expr: `max by (container) (kube_pod_container_status_last_terminated_reason{${OURS},reason="OOMKilled"}) == 1 and on (container) sum by (container) (increase(kube_pod_container_status_restarts_total{${OURS}}[1h])) > 0`,
    for: "0m",
    summary: "{{ $labels.container }} took more memory than it has, and was stopped",
    runbook: "Out of memory",
  },
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
  {
    name: "MastodonWebBacklog",
    severity: "page",
    expr: `sum(min_over_time(${exported("puma_request_backlog")}[5m])) > 0`,
    for: "5m",
    summary: "{{ $value }} requests wait for a thread of Puma, and have for five minutes",
    runbook: "Web is busy",
  },
  {
    name: "MastodonWebBusy",
    severity: "ticket",
    // Not running_threads, which is flat where the least and the most are equal.
    expr: `1 - sum(${exported("puma_thread_pool_capacity")}) / sum(${exported("puma_max_threads")}) > 0.9`,
    for: "15m",
    summary: "{{ $value | humanizePercentage }} of Puma's threads are busy",
    runbook: "Web is busy",
  },
  {
    name: "MastodonAutoscalerAtCeiling",
    severity: "ticket",
    expr: `kube_horizontalpodautoscaler_status_current_replicas{${OURS}} >= kube_horizontalpodautoscaler_spec_max_replicas{${OURS}}`,
    for: "30m",
    summary: "{{ $labels.horizontalpodautoscaler }} has all the pods it may have, for half an hour",
    runbook: "Web is busy",
  },
  {
    name: "MastodonStreamingWaitsForDatabase",
    severity: "ticket",
    expr: "sum(pg_pool_waiting_queries) > 0",
    for: "10m",
    summary: "{{ $value }} of streaming's queries wait for a database connection",
    runbook: "Database connections",
  },
  {
    name: "MastodonReleaseJobFailed",
    severity: "page",
    expr: `kube_job_failed{${OURS},condition="true",job_name=~"(migrate|database|preflight).*"} == 1`,
    for: "0m",
    summary: "The release's step {{ $labels.job_name }} failed: the old version serves on",
    runbook: "A failed release",
  },
  {
    name: "MastodonSearchJobFailed",
    severity: "ticket",
    expr: `kube_job_failed{${OURS},condition="true",job_name=~"search-deploy.*"} == 1`,
    for: "0m",
    summary: "The Job that fills the search server did not come to its end: searches find less",
    runbook: "Search is not filled",
  },
  {
    name: "MastodonUpkeepFailed",
    severity: "ticket",
    expr: `kube_job_failed{${OURS},condition="true",job_name=~"upkeep-.*"} == 1`,
    for: "0m",
    summary: "{{ $labels.job_name }} did not come to its end last night",
    runbook: "Upkeep failed",
  },
  {
    name: "MastodonPodHasNoNode",
    severity: "ticket",
    expr: `kube_pod_status_phase{${OURS},phase="Pending"} == 1`,
    for: "20m",
    summary: "{{ $labels.pod }} found no node in twenty minutes",
    runbook: "Pods that do not come up",
  },
];

/** Where a heading of the runbook is: the anchor that GitHub gives it. */
export function runbookUrl(heading: string): string {
  return `docs/runbook.md#${heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/gu, "")
    .replaceAll(" ", "-")}`;
}

/** The rules as Prometheus reads them, in a file's or an object's `groups`. */
export function ruleGroups() {
  return [
    {
      name: "mastodon",
      rules: ALERTS.map(({ name, severity, expr, for: since, summary, runbook }) => ({
        alert: name,
        expr,
        for: since,
        labels: { severity },
        annotations: { summary, runbook_url: runbookUrl(runbook) },
      })),
    },
  ];
}
