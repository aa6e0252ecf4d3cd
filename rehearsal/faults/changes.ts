import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { Document } from "yaml";

/**
 * A change of the stack file that makes, changes and replaces as many types as one can; the way
 * back deletes what it made.
 */
const CHANGE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  maintenance: { day: "thursday", clusterHour: 3, postgresHour: 9, valkeyHour: 11 },
  postgres: {
    settings: { slowStatementMilliseconds: 900 },
    poolConnections: 190,
    readReplica: { size: "db-s-4vcpu-8gb" },
  },
  valkey: { cache: { size: "db-s-1vcpu-1gb" } },
  project: { environment: "Staging" },
  alerts: { latencyMilliseconds: 3_000, cpuPercent: 80, regions: ["us_east", "us_west"] },
  cloudflare: { blockedAddresses: ["192.0.2.0/24"], keepPublicDocuments: false },
  media: { abortUploadsAfterDays: 3, otherHosts: ["files.example.social"], purge: true },
  hosts: { streaming: "live.example.social" },
  dns: { mail: { spfIncludes: ["spf.example.net"] } },
  cluster: { workloadPool: { maxNodes: 5 } },
  web: { threads: 6, replicas: 2, maxReplicas: 4 },
  upkeep: { hour: 5 },
  metrics: { namespace: "monitoring" },
  federation: { authorizedFetch: true },
  observability: { grafanaDashboard: true },
};

/** Writes a change that replaces objects, Jobs among them, and touches no cloud. */
export function changeObjects(document: Document): void {
  set(document, ["mastodon:federation", "authorizedFetch"], true);
}

/** Beside the file of before the change: a host that answered media is given up by name only. */
export function giveUpHosts(document: Document): void {
  set(document, ["mastodon:media", "retiredHosts"], CHANGE["media"]?.["otherHosts"]);
}

/** Writes the change into a stack file, beside what stands there. */
export function changeAll(document: Document): void {
  for (const [block, values] of Object.entries(CHANGE))
    set(document, [`mastodon:${block}`], values);
}

function set(document: Document, path: readonly string[], value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    for (const [key, inner] of Object.entries(value)) set(document, [...path, key], inner);
  else document.setIn(["config", ...path], document.createNode(value));
}

type Inputs = Readonly<Record<string, unknown>>;

/** Other inputs for types that no key of the stack file changes in place. */
const TOUCHED: Readonly<Record<string, (inputs: Inputs) => Inputs>> = {
  "digitalocean:index/vpc:Vpc": () => ({ description: "another" }),
  "digitalocean:index/databaseFirewall:DatabaseFirewall": ({ rules }) => ({
    rules: [...(rules as readonly unknown[]), { type: "ip_addr", value: "192.0.2.1" }],
  }),
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": () => ({ persistence: "off" }),
  "cloudflare:index/dnsRecord:DnsRecord": ({ proxied, ttl }) => ({
    ttl: proxied === true ? ttl : 600,
  }),
  "cloudflare:index/accountToken:AccountToken": ({ name }) => ({
    name: `${String(name)}, another`,
  }),
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": ({ name }) => ({
    name: `${String(name)}, another`,
  }),
  "cloudflare:index/botManagement:BotManagement": () => ({ fightMode: true }),
  "cloudflare:index/r2Bucket:R2Bucket": () => ({ storageClass: "InfrequentAccess" }),
  "cloudflare:index/r2CustomDomain:R2CustomDomain": () => ({ minTls: "1.3" }),
  "cloudflare:index/r2BucketCors:R2BucketCors": ({ rules }) => ({
    rules: (rules as readonly Inputs[]).map((rule) => ({ ...rule, maxAgeSeconds: 60 })),
  }),
  "cloudflare:index/tieredCache:TieredCache": () => ({ value: "off" }),
  "cloudflare:index/argoTieredCaching:ArgoTieredCaching": () => ({ value: "off" }),
  "cloudflare:index/zoneSetting:ZoneSetting": ({ settingId, value }) => ({
    value: settingId === "browser_cache_ttl" ? 14_400 : value,
  }),
};

const ANNOTATION = "rehearsal.invalid/another";

/** A program with other inputs for each type that can be changed in place: all objects, too. */
export function touched(program: PulumiFn): PulumiFn {
  return transformed(program, ({ type, props }) =>
    type.startsWith("kubernetes:")
      ? withMetadata(props, ({ annotations = {} }) => ({
          annotations: { ...annotations, [ANNOTATION]: "yes" },
        }))
      : { ...props, ...TOUCHED[type]?.(props) },
  );
}

/**
 * A program that gives each object another name, except their namespace: it replaces each.
 */
export function renamed(program: PulumiFn): PulumiFn {
  return transformed(program, ({ type, name, props }) =>
    type.startsWith("kubernetes:") && type !== "kubernetes:core/v1:Namespace"
      ? withMetadata(props, (metadata) => ({ name: `${metadata.name ?? name}-another` }))
      : props,
  );
}

interface Metadata {
  readonly name?: string;
  readonly annotations?: Inputs;
}

function withMetadata(props: Inputs, change: (metadata: Metadata) => Metadata): Inputs {
  const metadata = (props["metadata"] ?? {}) as Metadata;
  return { ...props, metadata: { ...metadata, ...change(metadata) } };
}

function transformed(
  program: PulumiFn,
  change: (resource: { type: string; name: string; props: Inputs }) => Inputs,
): PulumiFn {
  return async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => ({
      props: change({ type, name, props: props as Inputs }),
      opts,
    }));
    return await program();
  };
}
