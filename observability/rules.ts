import { exported, OURS, type Alert } from "./alert.ts";
import { ANSWER_ALERTS } from "./answers.ts";
import { QUEUE_ALERTS } from "./queues.ts";
import { STREAMING_ALERTS } from "./streaming.ts";

/**
 * Alerts that wake an administrator, and those that can wait until the evening.
 * `observability/rules.yaml` is generated from them, and so is an object for a Prometheus Operator.
 * Names of metrics: kube-state-metrics' own pages; cloudflare/cloudflared `proxy/metrics.go`;
 * streaming's, mastodon/mastodon `streaming/metrics.js`; Puma's and Sidekiq's,
 * discourse/prometheus_exporter `lib/prometheus_exporter/server/`.
 */

/** Every alert, the most urgent first. */
export const ALERTS: readonly Alert[] = [
  {
    name: "MastodonServiceWithoutPods",
    severity: "page",
    // Seen at a peer: a label changed, every pod was healthy, no request reached one, and no alert
    // fired.
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
  ...ANSWER_ALERTS,
  {
    name: "MastodonTooFewPods",
    severity: "page",
    expr: `kube_deployment_status_replicas_available{${OURS}} < kube_deployment_spec_replicas{${OURS}}`,
    for: "15m",
    summary: "{{ $labels.deployment }} has {{ $value }} pods, fewer than it should",
    runbook: "Pods that do not come up",
  },
  ...STREAMING_ALERTS,
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
  ...QUEUE_ALERTS,
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
    // Not running_threads, which is constant if minimum and maximum are equal.
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
    name: "MastodonReleaseJobFailed",
    severity: "page",
    expr: `kube_job_failed{${OURS},condition="true",job_name=~"(migrate|database|preflight|rollout|streaming-grants|backup-grants).*"} == 1`,
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
    expr: `kube_job_failed{${OURS},condition="true",job_name=~"(upkeep|media-copy)-.*"} == 1`,
    for: "0m",
    summary: "{{ $labels.job_name }} did not come to its end last night",
    runbook: "Upkeep failed",
  },
  {
    name: "MastodonBackupFailed",
    severity: "ticket",
    expr: `kube_job_failed{${OURS},condition="true",job_name=~"backup-[0-9n].*"} == 1`,
    for: "0m",
    summary: "{{ $labels.job_name }} made no dump of the database",
    runbook: "No dump",
  },
  {
    // By absence: a CronJob that never runs fails at nothing. A day and a half fits every schedule.
    name: "MastodonBackupMissing",
    severity: "page",
    expr: `time() - kube_cronjob_status_last_successful_time{${OURS},cronjob="backup"} > 129600`,
    for: "10m",
    summary: "No dump of the database ended well for a day and a half",
    runbook: "No dump",
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

/** URL of a heading of the runbook, with GitHub's anchor. */
export function runbookUrl(heading: string): string {
  return `docs/runbook.md#${heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/gu, "")
    .replaceAll(" ", "-")}`;
}

/** The rules in Prometheus' form, for the `groups` of a file or an object. */
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
