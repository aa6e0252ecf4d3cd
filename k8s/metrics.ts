import type * as kubernetes from "@pulumi/kubernetes";
import { RESOURCES } from "../domain/resources.ts";
import type { StackConfig } from "../config/schema.ts";
import { METRICS_PORT } from "../config/topology.ts";
import { container, resourcesOf } from "./pod.ts";

type Container = kubernetes.types.input.core.v1.Container;

/** Annotations with which Prometheus finds a pod, if `metrics` is set; part of its metadata. */
export function scraped(
  metrics: StackConfig["metrics"],
  port: number,
): { readonly annotations?: Readonly<Record<string, string>> } {
  return metrics === undefined
    ? {}
    : {
        annotations: {
          "prometheus.io/scrape": "true",
          "prometheus.io/port": String(port),
          "prometheus.io/path": "/metrics",
        },
      };
}

/**
 * prometheus_exporter next to web, from web's own image. Puma's processes send it their metrics,
 * and Prometheus scrapes it. It has no readiness probe: an exporter that hangs must not remove web
 * from its Service. It has none of Mastodon's environment, because it opens no database.
 */
export function exporter(image: string): Container {
  return container({
    name: "prometheus-exporter",
    image,
    args: [
      "./bin/prometheus_exporter",
      "--bind",
      "0.0.0.0",
      "--port",
      String(METRICS_PORT),
      // Its default is `ruby_`; Mastodon's documentation and the rules here use both.
      "--prefix",
      "mastodon_",
    ],
    ports: [{ name: "metrics", containerPort: METRICS_PORT }],
    livenessProbe: {
      httpGet: { path: "/ping", port: "metrics" },
      periodSeconds: 20,
      failureThreshold: 3,
    },
    resources: resourcesOf(RESOURCES.exporter),
  });
}
