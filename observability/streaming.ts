import { OURS, type Alert } from "./alert.ts";

/**
 * Share of streaming's recent clients below which an alert fires (toot.community's). It is compared
 * with the sum of an hour, not with each pod's own: after a rollout both generations would count.
 */
const DROPS: readonly (readonly [name: string, left: number, severity: Alert["severity"]])[] = [
  ["MastodonStreamingEmptied", 0.2, "page"],
  ["MastodonStreamingDropped", 0.5, "ticket"],
];
const CLIENTS_AN_HOUR = "avg_over_time(sum(connected_clients)[1h:1m] offset 10m)";

/** Faults of streaming, which logs no error for them. */
export const STREAMING_ALERTS: readonly Alert[] = [
  {
    name: "MastodonStreamingRestarts",
    severity: "page",
    // It ends with status 0 when Valkey fails, or a database connection breaks. So no crash shows,
    // only its restart.
    expr: `sum(increase(kube_pod_container_status_restarts_total{${OURS},container="streaming"}[30m])) > 2`,
    for: "0m",
    summary:
      "Streaming restarted {{ $value | humanize }} times in half an hour: its connections to Postgres, the pool or Valkey break",
    runbook: "Streaming restarts",
  },
  ...DROPS.map(([name, left, severity]): Alert => ({
    name,
    severity,
    // With few clients, half of them leave at night.
    expr: `sum(connected_clients) / (${CLIENTS_AN_HOUR} > 20) < ${left}`,
    for: "10m",
    summary: "{{ $value | humanizePercentage }} of the clients that streaming had are left",
    runbook: "Streaming lost its clients",
  })),
  {
    name: "MastodonStreamingSlow",
    severity: "ticket",
    // Node's own measure, of those processes that have clients of this server.
    expr: "max(nodejs_eventloop_lag_p99_seconds and on (instance) connected_clients) > 0.1",
    for: "10m",
    summary: "Streaming is {{ $value | humanizeDuration }} late with everything it does",
    runbook: "Streaming is slow",
  },
  {
    name: "MastodonStreamingWaitsForDatabase",
    severity: "ticket",
    expr: "sum(pg_pool_waiting_queries) > 0",
    for: "10m",
    summary: "{{ $value }} of streaming's queries wait for a database connection",
    runbook: "Database connections",
  },
];
