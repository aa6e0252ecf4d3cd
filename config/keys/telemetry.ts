import { z } from "zod";
import { address, flag, line, network, whole } from "./values.ts";

/** The name of a namespace (RFC 1123 label). */
const namespace = (description: string) =>
  z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u)
    .meta({ description, allowed: "the name of a namespace", examples: ["monitoring"] });

/** The key `metrics`. */
export const metricsSchema = z
  .strictObject({
    namespace: namespace(
      "Where the Prometheus is: its pods, and nobody else's, may ask ours for their numbers.",
    ),
    podMonitor: flag(
      "Also says so in the words of the Prometheus operator, whose definitions must be in the cluster: it does not look at annotations.",
    ),
    webDetails: flag(
      "Numbers of each page (`MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS`): thousands of series.",
    ),
    sidekiqDetails: flag(
      "Numbers of each kind of job (`MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS`).",
    ),
  })
  .optional()
  .meta({
    description:
      "Numbers for a Prometheus that is there: of web by an exporter beside each pod, of Sidekiq, streaming and the tunnel by themselves. Left out, the alerts about queues and threads never come.",
  });

/** The key `tracing`. */
export const tracingSchema = z
  .strictObject({
    endpoint: address(
      "`OTEL_EXPORTER_OTLP_ENDPOINT`: who takes traces by OTLP over HTTP. Plain HTTP only inside the cluster or the VPC.",
      "https://otlp.example.net:4318",
      { http: true },
    ),
    headers: flag("Whether it wants to know who sends: headers as the secret `otlpHeaders`."),
    samplePercent: whole(
      1,
      100,
      10,
      "Of so many requests and jobs of a hundred a trace is made; each is dozens of spans.",
    ).default(10),
    servicePrefix: line(
      "`OTEL_SERVICE_NAME_PREFIX`: services are called `<prefix>/web` and `<prefix>/sidekiq`.",
      "mastodon",
      60,
    ).default("mastodon"),
    network: network("it"),
  })
  .optional()
  .meta({ description: "Traces by OpenTelemetry, of web and Sidekiq. Left out, none are made." });
