import { randomBytes } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import type { CloudObject } from "../cloud-object.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal, STAYS } from "./api.ts";

export const TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared";
export const TUNNEL_CONFIG =
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
const FILE = "rehearsal/clouds/cloudflare/tunnel.ts";
const given: PropertyRow = { kind: "string", output: true };

/**
 * The API's number for a missing tunnel (alchemy-run/distilled `zero_trust/_errors.json`, 2026-08);
 * the message is invented.
 */
export const NO_TUNNEL = { code: 1002, message: "Tunnel not found" } as const;

/**
 * A tunnel (cloudflare/terraform-provider-cloudflare v5.22.0
 * `internal/services/zero_trust_tunnel_cloudflared/schema.go`).
 */
export const tunnel: ResourceRow = {
  type: TUNNEL,
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: "{accountId}/{id}",
  // No read returns it (`internal/services/zero_trust_tunnel_cloudflared/resource.go`).
  readWhereKnown: ["tunnelSecret"],
  properties: {
    accountId: IDENTIFIER,
    name: { kind: "string", required: true },
    configSrc: {
      kind: "string",
      computed: true,
      removed: "local",
      replaces: true,
      allowed: ["local", "cloudflare"],
    },
    tunnelSecret: { kind: "string", secret: true },
    accountTag: given,
    createdAt: given,
    metadata: given,
    remoteConfig: { kind: "boolean", output: true },
    status: given,
    tunType: given,
    connections: { kind: "list", output: true },
    connsActiveAt: given,
    connsInactiveAt: given,
    deletedAt: given,
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: [],
  async create(inputs, { world }) {
    const account = read.text(inputs, "accountId");
    refuseName(world, account, read.text(inputs, "name"), undefined);
    refuseSecret(inputs, undefined);
    const id = world.newId();
    world.hiddenSecrets.set(
      id,
      read.optionalText(inputs, "tunnelSecret") ?? randomBytes(32).toString("base64"),
    );
    return {
      id,
      given: {
        accountTag: account,
        createdAt: now(),
        metadata: "{}",
        remoteConfig: inputs["configSrc"] === "cloudflare",
        status: "inactive",
        tunType: "cfd_tunnel",
        connections: [],
      },
    };
  },
  async update(object, inputs, { world }) {
    refuseName(world, read.text(inputs, "accountId"), read.text(inputs, "name"), object.id);
    refuseSecret(inputs, object.id);
    const secret = read.optionalText(inputs, "tunnelSecret");
    if (secret !== undefined) world.hiddenSecrets.set(object.id, secret);
    return { remoteConfig: inputs["configSrc"] === "cloudflare" };
  },
  async delete(object, { world }) {
    forgetTunnel(world, object);
  },
};

/** Deletes its configuration and its secret with a tunnel. The API still lists the tunnel. */
export function forgetTunnel(world: World, object: CloudObject): void {
  world.hiddenSecrets.delete(object.id);
  for (const config of world.find(TUNNEL_CONFIG, (_, id) => id === object.id)) world.remove(config);
  world.deletedTunnels.push({
    ...object,
    properties: { ...object.properties, deletedAt: now(), status: "down" },
  });
}

const pathOf = (account: string, id: string | undefined): string =>
  `/accounts/${account}/cfd_tunnel${id === undefined ? "" : `/${id}`}`;

/**
 * "Must be at least 32 bytes and encoded as a base64 string" (schema.go, as of 2026-11-28); number
 * and message of the API are invented.
 */
function refuseSecret(inputs: Properties, own: string | undefined): void {
  const secret = read.optionalText(inputs, "tunnelSecret");
  if (secret !== undefined && Buffer.from(secret, "base64").length < 32)
    throw refusal(
      own === undefined ? "POST" : "PATCH",
      pathOf(read.text(inputs, "accountId"), own),
      400,
      1001,
      "tunnel_secret must be at least 32 bytes in base64",
    );
}

function refuseName(world: World, account: string, name: string, own: string | undefined): void {
  const taken = world.find(
    TUNNEL,
    (other, id) => id !== own && other["accountId"] === account && other["name"] === name,
  );
  if (taken.length > 0)
    // Message as in linuxserver/docker-mods#280.
    throw refusal(
      own === undefined ? "POST" : "PATCH",
      pathOf(account, own),
      409,
      1013,
      "You already have a tunnel with this name. Delete the existing tunnel, or choose a different name for your new tunnel",
    );
}

const originRequest: PropertyRow = {
  kind: "object",
  fields: {
    connectTimeout: { kind: "integer" },
    disableChunkedEncoding: { kind: "boolean" },
    http2Origin: { kind: "boolean" },
    httpHostHeader: { kind: "string" },
    keepAliveConnections: { kind: "integer" },
    keepAliveTimeout: { kind: "integer" },
    noHappyEyeballs: { kind: "boolean" },
    noTlsVerify: { kind: "boolean" },
    originServerName: { kind: "string" },
    tcpKeepAlive: { kind: "integer" },
    tlsTimeout: { kind: "integer" },
  },
};

/**
 * Routing of a remotely managed tunnel by host
 * (`internal/services/zero_trust_tunnel_cloudflared_config`). Each tunnel has one, under the
 * tunnel's id. A delete only removes it from the state, because the API has no such call.
 */
export const tunnelConfig: ResourceRow = {
  type: TUNNEL_CONFIG,
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: "{accountId}/{tunnelId}",
  forgets: STAYS,
  properties: {
    accountId: IDENTIFIER,
    tunnelId: { kind: "string", required: true, replaces: true },
    config: {
      kind: "object",
      computed: true,
      // The schema has no default, but removing it is an update (seen). Assumed: the tunnel then
      // has no rules.
      removed: {},
      fields: {
        ingresses: {
          kind: "list",
          item: {
            kind: "object",
            fields: {
              hostname: { kind: "string" },
              path: { kind: "string" },
              service: {
                kind: "string",
                required: true,
                // https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/routing-to-tunnel/protocols/
                refuse: (value) =>
                  /^(https?|tcp|ssh|rdp|smb|unix|unix\+tls):|^http_status:\d{3}$|^hello_world$|^bastion$/.test(
                    String(value),
                  )
                    ? undefined
                    : `${String(value)} is no service as http://web:3000 or http_status:404`,
              },
              originRequest,
            },
          },
        },
        originRequest,
      },
    },
    source: { kind: "string", computed: true, allowed: ["local", "cloudflare"] },
    createdAt: given,
    version: { kind: "integer", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: [],
  async create(inputs, { world }) {
    const id = read.text(inputs, "tunnelId");
    refuseConfig(world, inputs);
    return { id, given: { source: "cloudflare", createdAt: now(), version: 0 } };
  },
  async update(object, inputs, { world }) {
    refuseConfig(world, inputs);
    return { version: read.number(object.properties, "version") + 1 };
  },
  async delete() {},
};

function refuseConfig(world: World, inputs: Properties): void {
  const account = read.text(inputs, "accountId");
  const id = read.text(inputs, "tunnelId");
  const path = `/accounts/${account}/cfd_tunnel/${id}/configurations`;
  if (world.get(TUNNEL, id) === undefined)
    throw refusal("PUT", path, 404, NO_TUNNEL.code, NO_TUNNEL.message);
  const rules = read.list((inputs["config"] ?? {}) as Properties, "ingresses");
  const isCatchAll = (rule: Properties | undefined): boolean =>
    rule !== undefined && !hasFilter(rule, "hostname") && !hasFilter(rule, "path");
  // Source: cloudflare/terraform-provider-cloudflare#2327. The rules themselves are in
  // cloudflare/cloudflared `ingress/ingress.go`.
  if (rules.length > 0 && !isCatchAll(rules.at(-1)))
    throw refusal(
      "PUT",
      path,
      400,
      1056,
      "Bad Configuration: Validation failed: The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)",
    );
  const early = rules.slice(0, -1).findIndex(isCatchAll);
  if (early >= 0)
    throw refusal(
      "PUT",
      path,
      400,
      1056,
      `Bad Configuration: Validation failed: Rule #${early + 1} is matching the hostname '', but this will match every hostname, meaning the rules which follow it will never be triggered.`,
    );
}

function hasFilter(rule: Properties, key: string): boolean {
  const value = read.optionalText(rule, key);
  return value !== undefined && value !== "" && value !== "*";
}
