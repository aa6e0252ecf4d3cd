import { PLAN_LIMITS } from "../../facts/cloudflare/plans.ts";
import { ACCOUNT_TOKEN, CACHE_PURGE } from "../clouds/cloudflare/account-token.ts";
import { R2_CUSTOM_DOMAIN, RECORD } from "../clouds/cloudflare/dns.ts";
import { planOf } from "../clouds/cloudflare/plan.ts";
import { RULESET } from "../clouds/cloudflare/rule-refusals.ts";
import { TUNNEL, TUNNEL_CONFIG } from "../clouds/cloudflare/tunnel.ts";
import { WORKERS_ROUTE, WORKERS_SCRIPT } from "../clouds/cloudflare/workers.ts";
import { OF_A_NEW_ZONE, ZONE_SETTING } from "../clouds/cloudflare/zone-settings.ts";
import { read } from "../clouds/properties.ts";
import type { World } from "../clouds/world.ts";
import type { Properties } from "../providers/provider.ts";
import { rulesOf, type Phase, type Rule } from "./rules.ts";
import type { WorkerRoute } from "./worker.ts";

/** Target of a name in the zone. */
export interface EdgeRecord {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  /** Whether Cloudflare answers for it, or its target. */
  readonly proxied: boolean;
}

/** One rule of a tunnel's ingress. */
export interface Ingress {
  readonly hostname: string | undefined;
  readonly path: RegExp | undefined;
  readonly service: string;
}

/** A tunnel with its ingress, in order. */
export interface EdgeTunnel {
  readonly id: string;
  /** Token that a connector needs to run it. Never printed. */
  readonly secret: string;
  readonly ingress: readonly Ingress[];
}

/** A zone as its edge sees it. */
export interface Zone {
  readonly records: readonly EdgeRecord[];
  readonly tunnels: ReadonlyMap<string, EdgeTunnel>;
  /** Rules by phase, in order. */
  readonly rules: Readonly<Partial<Record<Phase, readonly Rule[]>>>;
  /** Zone settings by id; unset ones have Cloudflare's default. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Buckets by the host that serves them. */
  readonly buckets: ReadonlyMap<string, string>;
  /** Workers of the zone's account, by their routes. */
  readonly workers: readonly WorkerRoute[];
  /** The zone that each token may purge, by the token's value. Never printed. */
  readonly purgeTokens: ReadonlyMap<string, string>;
  /** Maximum body size of a request, bytes. */
  readonly maxUploadBytes: number;
}

/**
 * Bytes of a megabyte. The docs do not define it
 * (https://developers.cloudflare.com/cache/concepts/default-cache-behavior/#upload-limits). This is
 * the larger one, so a body that is refused here is refused there, too.
 */
const BYTES_A_MEGABYTE = 1024 ** 2;

/**
 * Reads one zone of the world, as `pulumi up` created it.
 * @throws Error for a rule, phase or record that the edge does not simulate.
 */
export function zoneOf(world: World, zoneId: string): Zone {
  const inZone = (properties: Properties): boolean => properties["zoneId"] === zoneId;
  const rules: Partial<Record<Phase, readonly Rule[]>> = {};
  for (const { properties } of world.find(RULESET, inZone)) {
    const phase = read.text(properties, "phase");
    rules[phase as Phase] = rulesOf(phase, read.list(properties, "rules"));
  }
  const settings = world
    .find(ZONE_SETTING, inZone)
    .map(({ properties }) => [read.text(properties, "settingId"), properties["value"]] as const);
  return {
    records: world.find(RECORD, inZone).map(({ properties }) => recordOf(properties)),
    tunnels: new Map(world.find(TUNNEL).map(({ id }) => [id, tunnelOf(world, id)])),
    rules,
    workers: world
      .find(WORKERS_ROUTE, inZone)
      .flatMap(({ properties }) => workerOf(world, properties)),
    purgeTokens: new Map(
      world.find(ACCOUNT_TOKEN).flatMap(({ properties }) => purgedBy(properties)),
    ),
    maxUploadBytes: PLAN_LIMITS[planOf(world, zoneId)].uploadMegabytes * BYTES_A_MEGABYTE,
    settings: { ...OF_A_NEW_ZONE, ...Object.fromEntries(settings) },
    buckets: new Map(
      world
        .find(
          R2_CUSTOM_DOMAIN,
          (properties) => inZone(properties) && properties["enabled"] !== false,
        )
        .map(({ properties }) => [
          read.text(properties, "domain"),
          read.text(properties, "bucketName"),
        ]),
    ),
  };
}

function recordOf(properties: Properties): EdgeRecord {
  return {
    name: read.text(properties, "name").toLowerCase(),
    type: read.text(properties, "type"),
    content: read.optionalText(properties, "content") ?? "",
    proxied: read.flag(properties, "proxied"),
  };
}

/** A route with its script; none if the script is unset or does not exist. */
function workerOf(world: World, route: Properties): readonly WorkerRoute[] {
  const name = read.optionalText(route, "script");
  return world
    .find(WORKERS_SCRIPT, ({ scriptName }) => scriptName === name)
    .map(({ properties }) => ({
      pattern: read.text(route, "pattern"),
      name: read.text(properties, "scriptName"),
      content: read.text(properties, "content"),
      env: Object.fromEntries(
        read
          .list(properties, "bindings")
          .map((one) => [read.text(one, "name"), read.text(one, "text")] as const),
      ),
    }));
}

/** Zones that a token may purge. */
function purgedBy(token: Properties): readonly (readonly [value: string, zone: string])[] {
  return read
    .list(token, "policies")
    .filter((policy) => read.list(policy, "permissionGroups").some(({ id }) => id === CACHE_PURGE))
    .flatMap((policy) => Object.keys(JSON.parse(read.text(policy, "resources")) as object))
    .flatMap((resource) => {
      const zone = /\.zone\.(?<zone>[0-9a-f]{32})$/u.exec(resource)?.groups?.["zone"];
      return zone === undefined ? [] : [[read.text(token, "value"), zone] as const];
    });
}

function tunnelOf(world: World, id: string): EdgeTunnel {
  const [config] = world.find(TUNNEL_CONFIG, ({ tunnelId }) => tunnelId === id);
  const inner = (config?.properties["config"] ?? {}) as Properties;
  return {
    id,
    secret: world.hiddenSecrets.get(id) ?? "",
    ingress: read.list(inner, "ingresses").map((rule) => {
      const path = read.optionalText(rule, "path");
      return {
        hostname: read.optionalText(rule, "hostname"),
        // cloudflared compiles it with Go's regexp; both engines read the stack's own patterns the
        // same way (cloudflare/cloudflared `ingress/ingress.go`).
        path: path === undefined || path === "" ? undefined : new RegExp(path, "u"),
        service: read.text(rule, "service"),
      };
    }),
  };
}

/** The address records of a name. */
export function addressesOf(zone: Zone, host: string): readonly EdgeRecord[] {
  return zone.records.filter(
    ({ name, type }) => name === host && ["A", "AAAA", "CNAME"].includes(type),
  );
}

/**
 * The first matching rule, by cloudflared's algorithm. The host is equal or below `*.`. The path is
 * a regular expression that may match anywhere in the decoded path. Source: cloudflare/cloudflared
 * `ingress/rule.go`, `Matches`; `proxy/proxy.go` passes `req.URL.Path`.
 */
export function ingressFor(tunnel: EdgeTunnel, host: string, path: string): Ingress | undefined {
  const decoded = decodedPath(path);
  return tunnel.ingress.find(({ hostname, path: pattern }) => {
    const anyHost = hostname === undefined || hostname === "" || hostname === "*";
    const fits =
      anyHost ||
      hostname === host ||
      (hostname.startsWith("*.") && host.endsWith(hostname.slice(1)));
    return fits && (pattern === undefined || pattern.test(decoded));
  });
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
