import { read } from "../properties.ts";
import type { FunctionRow, ProviderRows } from "../rows.ts";
import { refusal } from "./api.ts";
import { databaseFirewall } from "./database-firewall.ts";
import { databaseConnectionPool, databaseDb, databaseUser } from "./database-members.ts";
import { databaseReplica } from "./database-replicas.ts";
import { databasePostgresqlConfig, databaseValkeyConfig } from "./database-settings.ts";
import { databaseCluster } from "./databases.ts";
import { kubernetesCluster } from "./kubernetes.ts";
import { monitorAlert } from "./monitoring.ts";
import { kubernetesNodePool } from "./node-pools.ts";
import { getKubernetesVersions, getRegion } from "./offer.ts";
import { project, projectResources } from "./projects.ts";
import { spacesBucket, spacesBucketCorsConfiguration, spacesKey } from "./spaces.ts";
import { tag } from "./tags.ts";
import { uptimeAlert, uptimeCheck } from "./uptime.ts";
import { vpc } from "./vpc.ts";

/**
 * The private CA of a database, as decoded PEM: the API sends base64, the provider decodes
 * (digitalocean/godo `DatabaseCA`). Not secret.
 */
const getDatabaseCa: FunctionRow = {
  token: "digitalocean:index/getDatabaseCa:getDatabaseCa",
  file: "rehearsal/clouds/digitalocean/rows.ts",
  arguments: { clusterId: { kind: "string", required: true } },
  async call(args, world) {
    const clusterId = read.text(args, "clusterId");
    const found = world.databaseServers.get(clusterId);
    if (found === undefined)
      throw refusal(
        "retrieving database CA certificate",
        "GET",
        `/v2/databases/${clusterId}/ca`,
        404,
        "cluster not found",
      );
    return { id: clusterId, clusterId, certificate: found.server.caCertificate };
  },
};

/**
 * All rows of the simulated DigitalOcean (pulumi/pulumi-digitalocean `provider/resources.go` for
 * the configuration).
 */
export const digitaloceanRows: ProviderRows = {
  name: "digitalocean",
  configuration: {
    token: { kind: "string", secret: true },
    apiEndpoint: { kind: "string" },
    spacesEndpoint: { kind: "string" },
    spacesAccessId: { kind: "string", secret: true },
    spacesSecretKey: { kind: "string", secret: true },
    // On the wire every provider setting is a string.
    requestsPerSecond: { kind: "any" },
    httpRetryMax: { kind: "any" },
    httpRetryWaitMin: { kind: "any" },
    httpRetryWaitMax: { kind: "any" },
  },
  resources: [
    vpc,
    kubernetesCluster,
    kubernetesNodePool,
    databaseCluster,
    databaseUser,
    databaseDb,
    databaseConnectionPool,
    databaseFirewall,
    databasePostgresqlConfig,
    databaseValkeyConfig,
    databaseReplica,
    tag,
    project,
    projectResources,
    uptimeCheck,
    uptimeAlert,
    monitorAlert,
    spacesKey,
    spacesBucket,
    spacesBucketCorsConfiguration,
  ],
  functions: [getDatabaseCa, getKubernetesVersions, getRegion],
};
