import { Edge } from "../cdn/edge.ts";
import { recordsOf } from "../cdn/records.ts";
import { DatabaseAlerts } from "../infra/database-alerts.ts";
import { recipientsOf } from "../infra/notifications.ts";
import { Uptime } from "../infra/uptime.ts";
import { SearchIndices } from "../k8s/search-indices.ts";
import type { Foundation } from "./foundation.ts";
import type { Resolved } from "./resolved.ts";
import type { Server } from "./server.ts";

/** Opens the server to the public, fills its search, and monitors it. */
export function publish(
  { config, secrets, image, version, hosts, edgeRules }: Resolved,
  { postgres, valkey, cache, tunnel }: Foundation,
  { namespace, environment, inside, epoch, migrated }: Server,
): void {
  const { cloudflare, alerts, search } = config;
  const edge = new Edge(
    "edge",
    {
      cloudflare,
      records: recordsOf(config),
      rules: edgeRules,
      tunnelHostname: tunnel.hostname,
    },
    // Last, so that nobody sees a half-built server.
    { dependsOn: [migrated] },
  );
  // Optional: `search`. It comes after the edge: an hour of filling it, or a failure, must not
  // close the server.
  if (search !== undefined)
    new SearchIndices(
      "search-deploy",
      { namespace, search, image, version, environment, epoch },
      { ...inside, dependsOn: [edge] },
    );
  // Only with recipients in `alerts`.
  const recipients = recipientsOf(alerts, secrets.slackWebhook);
  if (recipients === undefined) return;
  new DatabaseAlerts("database-alerts", {
    databases: {
      postgres: postgres.clusterId,
      valkey: valkey.clusterId,
      ...(cache === undefined ? {} : { cache: cache.clusterId }),
    },
    alerts,
    recipients,
  });
  // Before the records exist it would alert.
  new Uptime("uptime", { hosts, alerts, recipients }, { dependsOn: [edge] });
}
