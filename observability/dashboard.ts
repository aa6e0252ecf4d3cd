import { exported, OURS } from "./alert.ts";

/**
 * The dashboard for an incident, from the outside in: the tunnel, web, the queues, streaming, and
 * the databases and nodes below them. `observability/dashboard.json` is generated from it, for
 * Grafana's "Import dashboard".
 */

/** A graph. */
interface Panel {
  readonly title: string;
  /** Description of the normal graph. */
  readonly description: string;
  /** Grafana's name of a unit. */
  readonly unit: "short" | "s" | "percentunit" | "reqps" | "bytes";
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

/** Row by row; each row is a part of the server. */
const ROWS: readonly (readonly [row: string, panels: readonly Panel[]])[] = [
  [
    "The way in",
    [
      {
        title: "Connections to Cloudflare",
        description: "Eight: two connectors with four each.",
        unit: "short",
        queries: [{ expr: "sum(cloudflared_tunnel_ha_connections)", legend: "connections" }],
      },
      {
        title: "Answers by status",
        description: "5xx near none.",
        unit: "reqps",
        queries: [
          {
            expr: "sum by (status_code) (rate(cloudflared_tunnel_response_by_code[5m]))",
            legend: "{{status_code}}",
          },
        ],
      },
      {
        title: "Requests that got no answer from inside",
        description: "None but for moments of a rollout.",
        unit: "reqps",
        queries: [{ expr: "sum(rate(cloudflared_tunnel_request_errors[5m]))", legend: "errors" }],
      },
    ],
  ],
  [
    "Web",
    [
      {
        title: "Busy threads of Puma",
        description: "Below 0.8 in the evening.",
        unit: "percentunit",
        queries: [
          {
            expr: `1 - sum(${exported("puma_thread_pool_capacity")}) / sum(${exported("puma_max_threads")})`,
            legend: "busy",
          },
        ],
      },
      {
        title: "Requests that wait for a thread",
        description: "None.",
        unit: "short",
        queries: [{ expr: `sum(${exported("puma_request_backlog")})`, legend: "waiting" }],
      },
      {
        title: "Pods of web",
        description: "Below the ceiling.",
        unit: "short",
        queries: [
          {
            expr: `kube_horizontalpodautoscaler_status_current_replicas{${OURS}}`,
            legend: "{{horizontalpodautoscaler}}",
          },
          {
            expr: `kube_horizontalpodautoscaler_spec_max_replicas{${OURS}}`,
            legend: "ceiling of {{horizontalpodautoscaler}}",
          },
        ],
      },
    ],
  ],
  [
    "Queues",
    [
      {
        title: "How late the oldest job is",
        description: "`default` below five seconds, `pull` below minutes.",
        unit: "s",
        queries: [
          {
            expr: `max by (queue) (${exported("sidekiq_queue_latency_seconds")})`,
            legend: "{{queue}}",
          },
        ],
      },
      {
        title: "Jobs that wait",
        description: "Waves, that fall again.",
        unit: "short",
        queries: [
          { expr: `max by (queue) (${exported("sidekiq_queue_backlog")})`, legend: "{{queue}}" },
        ],
      },
      {
        title: "Jobs to be tried again, and given up",
        description: "Retries are other servers' nights; the given up grow slowly.",
        unit: "short",
        queries: [
          { expr: `max(${exported("sidekiq_stats_retry_size")})`, legend: "to be tried again" },
          { expr: `max(${exported("sidekiq_stats_dead_size")})`, legend: "given up" },
        ],
      },
    ],
  ],
  [
    "Streaming",
    [
      {
        title: "Open connections",
        description: "As many as members look; a cliff is a restart.",
        unit: "short",
        queries: [{ expr: "sum by (type) (connected_clients)", legend: "{{type}}" }],
      },
      {
        title: "Messages",
        description: "Received from Valkey, sent to members.",
        unit: "reqps",
        queries: [
          { expr: "sum(rate(redis_messages_received_total[5m]))", legend: "received" },
          { expr: "sum(rate(messages_sent_total[5m]))", legend: "sent" },
        ],
      },
      {
        title: "Queries that wait for the database",
        description: "None.",
        unit: "short",
        queries: [{ expr: "sum(pg_pool_waiting_queries)", legend: "waiting" }],
      },
      {
        title: "Event loop",
        description: "Below a tenth of a second.",
        unit: "s",
        queries: [
          {
            expr: "max(nodejs_eventloop_lag_p99_seconds and on (instance) connected_clients)",
            legend: "late by, 99 of 100 times less",
          },
        ],
      },
    ],
  ],
  [
    "Under all of them",
    [
      {
        title: "Memory",
        description: "Below each one's limit.",
        unit: "bytes",
        queries: [
          {
            expr: `max by (container) (container_memory_working_set_bytes{${OURS},container!=""})`,
            legend: "{{container}}",
          },
        ],
      },
      {
        title: "Processors",
        description: "Cores.",
        unit: "short",
        queries: [
          {
            expr: `sum by (container) (rate(container_cpu_usage_seconds_total{${OURS},container!=""}[5m]))`,
            legend: "{{container}}",
          },
        ],
      },
      {
        title: "Restarts",
        description: "None but for rollouts.",
        unit: "short",
        queries: [
          {
            expr: `sum by (container) (increase(kube_pod_container_status_restarts_total{${OURS}}[1h]))`,
            legend: "{{container}}",
          },
        ],
      },
    ],
  ],
];

const COLUMNS = 24;
const HEIGHT = 8;
/** The data source is chosen at the import, and on the page. */
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** The dashboard as Grafana reads it (its "JSON model"). */
export function dashboard() {
  return {
    uid: "mastodon",
    title: "Mastodon",
    tags: ["mastodon"],
    schemaVersion: 39,
    editable: true,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
    },
    panels: ROWS.flatMap(([row, panels], at) => {
      const y = at * (HEIGHT + 1);
      const width = COLUMNS / panels.length;
      return [
        {
          id: at * 10 + 1,
          type: "row",
          title: row,
          collapsed: false,
          gridPos: { x: 0, y, w: COLUMNS, h: 1 },
          panels: [],
        },
        ...panels.map(({ title, description, unit, queries }, column) => ({
          id: at * 10 + column + 2,
          type: "timeseries",
          title,
          description,
          datasource: DATASOURCE,
          gridPos: { x: column * width, y: y + 1, w: width, h: HEIGHT },
          fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
          targets: queries.map(({ expr, legend }, query) => ({
            refId: String.fromCharCode(65 + query),
            datasource: DATASOURCE,
            expr,
            legendFormat: legend,
          })),
        })),
      ];
    }),
  };
}
