import { z } from "zod";
import { NODE_SIZES } from "../../facts/digitalocean/droplets.ts";
import { whole } from "./values.ts";

/**
 * IPv4 address or range; the control plane's firewall has no IPv6 (digitalocean/openapi
 * `kubernetes/models/control_plane_firewall.yml`).
 */
const ipv4Range = z
  .string()
  .regex(/^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)(\/(3[0-2]|[12]?\d))?$/u)
  .meta({
    description: "An address or a range.",
    allowed: "an IPv4 address or range",
    examples: ["203.0.113.7/32"],
  });

const size = (change: string) =>
  z.enum(NODE_SIZES).meta({ description: `Droplet size. ${change}` });

const nodes = whole(1, 100, 3, "Nodes of the pool.");

/** The key `cluster`: Kubernetes. */
export const clusterSchema = z
  .strictObject({
    version: z
      .string()
      .regex(/^\d+\.\d+(\.\d+-do\.\d+)?$/u)
      .meta({
        description:
          "Kubernetes at the cluster's creation: a minor, of which the newest patch is taken, or one slug. DigitalOcean takes slugs away after weeks; then the newest of the same minor is taken. Afterwards DigitalOcean upgrades patches, and this is ignored.",
        allowed: "a minor version or a full DOKS version slug, in quotes",
        examples: ["1.35", "1.35.1-do.6"],
      }),
    highAvailability: z.boolean().meta({
      description: "A second control plane, $40 a month. It can be switched on later, never off.",
    }),
    controlPlaneFirewall: z
      .strictObject({
        allowedAddresses: z.array(ipv4Range).min(1).meta({
          description:
            "Who reaches the API. Must hold the address from which `pulumi up` runs, or the next one can't.",
        }),
      })
      .optional()
      .meta({
        description:
          "Left out, anyone can reach the cluster's API, and needs a token. DigitalOcean offers it by invitation.",
      }),
    metricsServer: z.enum(["install", "present"]).default("install").meta({
      description:
        "What an autoscaler measures by. `present` where the cluster has one, such as DigitalOcean's 1-click one: a cluster has only one.",
    }),
    keda: z
      .strictObject({
        prometheusUrl: z
          .string()
          .regex(/^https?:\/\/[a-z0-9.-]+(:\d+)?(\/[\w./-]*)?$/u)
          .meta({
            description:
              "The Prometheus that KEDA asks; it must scrape Sidekiq's queues, of which Mastodon's exporter tells.",
            allowed: "an address that begins with http:// or https://",
            examples: ["http://prometheus-operated.monitoring.svc:9090"],
          }),
      })
      .optional()
      .meta({
        description:
          "Where the cluster has KEDA (2.17 or later): Sidekiq groups that may grow then do so by how late and how long their queues are. Left out, by CPU, which is low where jobs wait for slow servers.",
      }),
    basePool: z
      .strictObject({ size: size("**A change replaces the cluster.**"), nodes })
      .meta({ description: "The pool that the cluster is born with." }),
    workloadPool: z
      .strictObject({
        size: size("A change makes a new pool before the old one goes."),
        nodes,
        maxNodes: whole(
          2,
          100,
          4,
          "The pool grows up to so many nodes by itself and falls back to `nodes`: the ceiling of the bill. Left out, it keeps its size.",
        ).optional(),
      })
      .meta({ description: "Where the server runs." }),
  })
  .meta({ description: "Kubernetes (DOKS)." });
