import { METRICS_PORT } from "../../config/topology.ts";
import type { StackConfig } from "../../config/schema.ts";
import { yes } from "./variables.ts";

type Plain = Readonly<Record<string, string>>;

/**
 * Metrics of web: each of Puma's processes sends its own to the exporter in the same pod. They are
 * not served in the process, where every worker would need the same port (mastodon/documentation
 * `admin/config`, MASTODON_PROMETHEUS_EXPORTER_LOCAL).
 */
export function webMetrics({ metrics }: Pick<StackConfig, "metrics">): Plain {
  return metrics === undefined
    ? {}
    : {
        MASTODON_PROMETHEUS_EXPORTER_ENABLED: "true",
        PROMETHEUS_EXPORTER_HOST: "127.0.0.1",
        PROMETHEUS_EXPORTER_PORT: String(METRICS_PORT),
        ...yes({ MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS: metrics.webDetails }),
      };
}

/** Metrics of a Sidekiq process, which serves them itself. */
export function sidekiqMetrics({ metrics }: Pick<StackConfig, "metrics">): Plain {
  return metrics === undefined
    ? {}
    : {
        MASTODON_PROMETHEUS_EXPORTER_ENABLED: "true",
        MASTODON_PROMETHEUS_EXPORTER_LOCAL: "true",
        // By default it listens only on the pod's loopback.
        MASTODON_PROMETHEUS_EXPORTER_HOST: "0.0.0.0",
        MASTODON_PROMETHEUS_EXPORTER_PORT: String(METRICS_PORT),
        ...yes({ MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS: metrics.sidekiqDetails }),
      };
}
