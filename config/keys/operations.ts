import { z } from "zod";
import { hourUtc, whole } from "./values.ts";

/** The key `maintenance`: when DigitalOcean may restart things. */
export const maintenanceSchema = z
  .strictObject({
    day: z
      .enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
      .default("sunday")
      .meta({ description: "The day on which DigitalOcean may restart things." }),
    clusterHour: hourUtc(
      4,
      "Start of the cluster's window, UTC; it lasts four hours, and patches of Kubernetes are made in it.",
    ).default(4),
    postgresHour: hourUtc(
      5,
      "Start of the database's window, UTC. Not the cluster's: two disturbances at once are harder to tell apart.",
    ).default(5),
    valkeyHour: hourUtc(6, "Start of Valkey's window, UTC.").default(6),
  })
  .prefault({})
  .meta({ description: "When DigitalOcean may restart things." });

/** The key `project`: the project in which the control panel and the bill show the server. */
export const projectSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(175)
      .default("Mastodon")
      .meta({
        description: "Its name in the control panel; no other project of the team may have it.",
        allowed: "a text of 1 to 175 characters",
        examples: ["Mastodon"],
      }),
    environment: z
      .enum(["Development", "Staging", "Production"])
      .default("Production")
      .meta({ description: "What the control panel calls it." }),
  })
  .prefault({})
  .meta({ description: "Where the control panel and the bill show the server." });

/** The key `upkeep`: data that is deleted at night. */
export const upkeepSchema = z
  .strictObject({
    enabled: z.boolean().default(true).meta({
      description: "Off, nothing is cleared but what the admin page's content retention clears.",
    }),
    hour: hourUtc(
      0,
      "When the night begins, UTC. Tasks start two hours apart, so that one is over before the next; the backup's hour and the maintenance windows come after the first.",
    ).default(0),
    threads: whole(
      1,
      10,
      1,
      "Threads of a task. Each holds a database connection past the pool, and the task one more.",
    ).default(1),
    profileDays: whole(
      1,
      3_650,
      14,
      "Once a week: avatars and headers of people elsewhere whom nobody here follows, and who were not heard of for so many days. They are fetched again when someone looks.",
    ).default(14),
    mediaDays: whole(
      1,
      3_650,
      30,
      "Each night: copies of other servers' media older than so many days. Left out, the admin page's media retention rules alone; with both, the shorter wins.",
    ).optional(),
    previewCardDays: whole(
      14,
      3_650,
      180,
      "Each night: pictures of link previews older than so many days; not below 14, for a link's preview is not fetched again for two weeks. Left out, the admin page's media retention rules alone.",
    ).optional(),
  })
  .prefault({})
  .meta({ description: "What is cleared away at night." });

/** The key `observability`: objects for an existing Prometheus and Grafana. */
export const observabilitySchema = z
  .strictObject({
    prometheusRule: z.boolean().default(false).meta({
      description:
        "Makes the alert rules an object of the Prometheus operator, whose definitions must be in the cluster. Without it: import `observability/rules.yaml`.",
    }),
    release: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/u)
      .optional()
      .meta({
        description:
          "Label `release` of the rules; kube-prometheus-stack takes only those with its own release's name.",
        allowed: "the name of a Helm release",
        examples: ["kube-prometheus-stack"],
      }),
    grafanaDashboard: z.boolean().default(false).meta({
      description:
        "Makes the dashboard a ConfigMap with the label `grafana_dashboard`, which Grafana's sidecar looks for in the namespaces it watches. Without it: import `observability/dashboard.json`.",
    }),
  })
  .prefault({})
  .meta({ description: "What is handed to a Prometheus and a Grafana that are there." });

/** The key `alerts`: recipients and limits. */
export const alertsSchema = z
  .strictObject({
    emails: z
      .array(z.email().meta({ allowed: "an e-mail address", examples: ["admin@example.social"] }))
      .default([])
      .meta({
        description:
          "Who is told. Only verified addresses of members of the DigitalOcean team: any other is refused, at the very end of an update.",
      }),
    slackChannel: z
      .string()
      .regex(/^[#@].+$/u)
      .optional()
      .meta({
        description: "Slack channel that is told; its webhook is the secret `slackWebhook`.",
        allowed: "a channel or a person as Slack writes them",
        examples: ["#alerts"],
      }),
    regions: z
      .array(z.enum(["us_east", "us_west", "eu_west", "se_asia"]))
      .min(1)
      .default(["us_east", "eu_west"])
      .meta({
        description:
          "Where the checks are made from. Two at least, or one region's trouble looks like ours.",
      }),
    latencyMilliseconds: whole(
      100,
      30_000,
      2_000,
      "How long a page takes before someone is told, milliseconds.",
    ).default(2_000),
    certificateDays: whole(
      1,
      60,
      14,
      "How long before a certificate ends someone is told, days. Cloudflare renews at 30: at 14 it has failed for two weeks.",
    ).default(14),
    cpuPercent: whole(
      1,
      100,
      85,
      "How busy a database's processor is before someone is told, percent.",
    ).default(85),
    memoryPercent: whole(
      1,
      100,
      90,
      "How full a database's memory is before someone is told, percent.",
    ).default(90),
    diskPercent: whole(
      1,
      100,
      88,
      "How full a database's disk is before someone is told, percent: above the threshold at which it grows by itself, so that it tells of a growth that failed.",
    ).default(88),
  })
  .prefault({})
  .meta({
    description: "Who is told when something is wrong. With nobody to tell there are no alerts.",
  });
