import { acceptedToken, clusterPresence, read, type Clouds } from "../recover/clouds.ts";
import { ask, Missing, presence, reasonOf, type Presence } from "../recover/presence.ts";
import { isInPlace, nameOf, type Properties, type StateResource } from "../recover/state.ts";
import { tunnelOf } from "../recover/tunnel.ts";
import * as types from "../recover/types.ts";
import type { OwnProgram } from "../adopt/own-program.ts";
import type { Kind, Seen } from "./facts.ts";

/** Asks each cloud whether what the last update left still exists. */

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const BUCKET = "cloudflare:index/r2Bucket:R2Bucket";
const HOST = "cloudflare:index/r2CustomDomain:R2CustomDomain";

/** A question about one resource. It rejects as the cloud's official client does. */
interface Question {
  readonly kind: Kind;
  /** Answers a detail for the operator. */
  readonly put: (clouds: Clouds, resource: StateResource) => Promise<string>;
}

const text = (values: Properties | undefined, key: string): string => String(values?.[key] ?? "");
/** An id at the cloud: one that was adopted has the account or zone before it. */
const ownId = ({ id = "" }: StateResource): string => id.split("/").at(-1) ?? id;

const database = (kind: "postgres" | "valkey"): Question => ({
  kind,
  put: async ({ digitalocean }, { id }) => {
    const answer = await read(digitalocean.databases.byDatabase_cluster_uuid(id));
    return String(answer?.database?.status ?? "it exists");
  },
});

/** The question by type; undefined for one whose loss has no night. */
function questionOf({ type, inputs }: StateResource): Question | undefined {
  if (type === types.DATABASE)
    return database(text(inputs, "engine") === "pg" ? "postgres" : "valkey");
  return QUESTIONS[type];
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  [types.NODE_POOL]: {
    kind: "pool",
    put: async ({ digitalocean }, { id, inputs }) => {
      const cluster = digitalocean.kubernetes.clusters.byCluster_id(text(inputs, "clusterId"));
      const { nodePool } = await read(cluster.node_pools.byNode_pool_id(id));
      const nodes = (nodePool?.nodes ?? []) as readonly unknown[];
      return `${nodes.length} nodes`;
    },
  },
  [types.TUNNEL]: {
    kind: "tunnel",
    put: async (clouds, resource) => {
      const tunnel = tunnelOf([resource], "");
      const answer = (await tunnel.get(clouds)) as { readonly deleted_at?: string | null };
      // Cloudflare still shows a deleted tunnel.
      if (typeof answer.deleted_at === "string") throw new Missing();
      const { length } = await tunnel.connected(clouds);
      return length === 1 ? "1 connection" : `${length} connections`;
    },
  },
  [RECORD]: {
    kind: "record",
    put: async ({ cloudflare }, resource) => {
      const zone_id = text(resource.inputs, "zoneId");
      const { type } = await cloudflare.dns.records.get(ownId(resource), { zone_id });
      return type;
    },
  },
  [BUCKET]: {
    kind: "bucket",
    put: async ({ cloudflare }, { inputs }) => {
      const { location = "it exists" } = await cloudflare.r2.buckets.get(
        text(inputs, "name"),
        placeOf(inputs),
      );
      return location;
    },
  },
  [HOST]: {
    kind: "host",
    put: async ({ cloudflare }, { inputs }) => {
      const { enabled } = await cloudflare.r2.buckets.domains.custom.get(text(inputs, "domain"), {
        bucket_name: text(inputs, "bucketName"),
        ...placeOf(inputs),
      });
      return enabled ? "attached" : "attached, and switched off";
    },
  },
};

/** Account and jurisdiction of a bucket, as Cloudflare's client takes them. */
function placeOf(inputs: Properties | undefined) {
  const jurisdiction = inputs?.["jurisdiction"];
  return {
    account_id: text(inputs, "accountId"),
    ...(typeof jurisdiction === "string" && {
      "cf-r2-jurisdiction": jurisdiction as "default" | "eu" | "fedramp",
    }),
  };
}

/** Looks at every resource of a state, and at each cluster's API. */
export async function seenIn(
  resources: readonly StateResource[],
  clouds: Clouds,
  open: OwnProgram["cluster"],
): Promise<readonly Seen[]> {
  const standing = resources.filter((each) => isInPlace(each) && each.id !== undefined);
  const looks = standing.map(async (resource): Promise<readonly Seen[]> => {
    if (resource.type === types.CLUSTER)
      return await clusterSeen(resource, resources, clouds, open);
    const question = questionOf(resource);
    if (question === undefined) return [];
    const cloud = resource.type.startsWith("cloudflare:") ? "cloudflare" : "digitalocean";
    const found = await presence(
      () => question.put(clouds, resource),
      () => acceptedToken(cloud, clouds, resources),
      clouds.patience,
    );
    return [seen(question.kind, resource, found)];
  });
  return (await Promise.all(looks)).flat();
}

async function clusterSeen(
  resource: StateResource,
  resources: readonly StateResource[],
  clouds: Clouds,
  open: OwnProgram["cluster"],
): Promise<readonly Seen[]> {
  const { id = "" } = resource;
  const found = await clusterPresence(id, clouds, resources);
  if (found.word !== "there") return [seen("cluster", resource, found)];
  const { kubernetesCluster } = (found.value ?? {}) as {
    readonly kubernetesCluster?: { readonly status?: { readonly state?: string } };
  };
  const value = kubernetesCluster?.status?.state ?? "it exists";
  const api = await ask(
    async () => await (await open(clouds, id)).objects.answers(),
    clouds.patience,
  );
  return [
    seen("cluster", resource, { word: "there", value }),
    seen(
      "api",
      resource,
      api.kind === "value"
        ? { word: "there", value: "answers" }
        : { word: "unknown", reason: reasonOf(api) },
    ),
  ];
}

function seen(kind: Kind, resource: StateResource, found: Presence<string>): Seen {
  const { inputs, outputs, id = "" } = resource;
  const name = outputs?.["name"] ?? inputs?.["name"] ?? inputs?.["domain"];
  return {
    kind,
    name: typeof name === "string" ? name : nameOf(resource),
    place: nameOf(resource),
    id,
    presence: found,
  };
}
