import type * as kubernetes from "@pulumi/kubernetes";
import { RESOURCES } from "../domain/resources.ts";
import type { StackConfig } from "../config/schema.ts";
import { METRICS_PORT } from "../config/topology.ts";
import { container, resourcesOf } from "./pod.ts";

type Container = kubernetes.types.input.core.v1.Container;

/**
 * Annotations by which a Prometheus finds a pod, where `metrics` says that there is one; part of
 * its metadata.
 */
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
 * prometheus_exporter beside web, from web's own image: Puma's processes send it their numbers, and
 * a Prometheus asks it for all of them. No readiness: an exporter that hangs must not take web out
 * of its Service. Nothing of Mastodon's environment: it opens no database.
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
      // By itself it says `ruby_`; Mastodon's documentation and the rules here know both.
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
