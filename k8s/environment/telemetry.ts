import { METRICS_PORT } from "../../config/topology.ts";
import type { StackConfig } from "../../config/schema.ts";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import { given, yes, type Variables } from "./variables.ts";

type Plain = Readonly<Record<string, string>>;

/**
 * Numbers of web: each of Puma's processes sends its own to the exporter beside them. Not in
 * process, where every worker would want the same port (mastodon/documentation `admin/config`,
 * MASTODON_PROMETHEUS_EXPORTER_LOCAL).
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

/** Numbers of a Sidekiq process, which answers for itself. */
export function sidekiqMetrics({ metrics }: Pick<StackConfig, "metrics">): Plain {
  return metrics === undefined
    ? {}
    : {
        MASTODON_PROMETHEUS_EXPORTER_ENABLED: "true",
        MASTODON_PROMETHEUS_EXPORTER_LOCAL: "true",
        // By itself it listens where only the pod hears it.
        MASTODON_PROMETHEUS_EXPORTER_HOST: "0.0.0.0",
        MASTODON_PROMETHEUS_EXPORTER_PORT: String(METRICS_PORT),
        ...yes({ MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS: metrics.sidekiqDetails }),
      };
}

/**
 * Traces of web and Sidekiq (mastodon/mastodon `config/initializers/opentelemetry.rb`; the SDK's
 * own names for the rest).
 */
export function tracing(
  { tracing: config }: Pick<StackConfig, "tracing">,
  secrets: StackSecrets,
): Variables {
  if (config === undefined) return { plain: {}, secret: {} };
  return {
    plain: {
      // Any name OTEL_…_ENDPOINT switches traces on; both official charts asked for it under a key
      // that their templates don't read.
      OTEL_EXPORTER_OTLP_ENDPOINT: config.endpoint,
      OTEL_SERVICE_NAME_PREFIX: config.servicePrefix,
      // A trace that elsewhere was begun, or was not, is gone on with, or not.
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: String(config.samplePercent / 100),
    },
    secret: config.headers ? given({ OTEL_EXPORTER_OTLP_HEADERS: secrets.otlpHeaders }) : {},
  };
}
