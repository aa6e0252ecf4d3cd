import type { Properties } from "../../../providers/provider.ts";
import { closeConnections, connectorsOf } from "../../cloudflare/connectors.ts";
import type { Connector } from "../../cloudflare/connector.ts";
import { NO_TUNNEL, TUNNEL, TUNNEL_CONFIG, tunnel, tunnelConfig } from "../../cloudflare/tunnel.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, found, inPath, make, named, ok, page, put } from "./answers.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";

const TUNNELS = "/accounts/{account_id}/cfd_tunnel";
const ONE = `${TUNNELS}/{tunnel_id}`;
const CONFIG = `${ONE}/configurations`;
const SPELLING: Spelling = { words: "snake_case", without: ["accountId"] };
/**
 * Keys of cloudflared's own configuration, which the API uses (cloudflare/cloudflared
 * `config/configuration.go`).
 */
const OF_CLOUDFLARED: Spelling = {
  words: "camelCase",
  odd: { ingresses: "ingress", noTlsVerify: "noTLSVerify", createdAt: "created_at" },
  without: ["accountId", "tunnelId"],
};

/**
 * Tunnels, their configuration and token (npm `cloudflare` 7.3.0
 * `resources/zero-trust/tunnels/cloudflared`).
 */
export const tunnelOperations: readonly Operation[] = [
  {
    method: "GET",
    path: TUNNELS,
    answer(request, world) {
      const account = inPath(request, "account_id");
      const { query } = request;
      const tunnels = [...world.find(TUNNEL), ...world.deletedTunnels]
        .filter(({ properties }) => properties["accountId"] === account)
        .map(shown)
        .filter(
          (each) =>
            (query.get("name") ?? each["name"]) === each["name"] &&
            (query.get("uuid") ?? each["id"]) === each["id"] &&
            (query.get("status") ?? each["status"]) === each["status"] &&
            (query.get("is_deleted") ?? isDeleted(each)) === isDeleted(each),
        );
      return page(request, tunnels);
    },
  },
  {
    method: "POST",
    path: TUNNELS,
    async answer(request, world) {
      return ok(shown(await make(tunnel, wanted(request), request, world)));
    },
  },
  {
    method: "GET",
    path: ONE,
    answer(request, world) {
      const id = inPath(request, "tunnel_id");
      const deleted = world.deletedTunnels.find((each) => each.id === id);
      return ok(shown(deleted ?? tunnelOf(request, world)));
    },
  },
  {
    method: "PATCH",
    path: ONE,
    async answer(request, world) {
      const object = tunnelOf(request, world);
      await change(tunnel, object, wanted(request), request, world);
      return ok(shown(object));
    },
  },
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      const object = tunnelOf(request, world);
      await remove(tunnel, object, request, world);
      return ok(shown(world.deletedTunnels.at(-1) ?? object));
    },
  },
  {
    method: "GET",
    path: `${ONE}/token`,
    answer(request, world) {
      const { id, properties } = tunnelOf(request, world);
      // The value of `cloudflared tunnel run --token` (cloudflare/cloudflared
      // `connection/connection.go`, `TunnelToken`).
      const token = { a: properties["accountId"], t: id, s: world.hiddenSecrets.get(id) };
      return ok(Buffer.from(JSON.stringify(token)).toString("base64"));
    },
  },
  {
    method: "GET",
    path: `${ONE}/connections`,
    answer: (request, world) =>
      ok(connectorsOf(world, tunnelOf(request, world).id).map(shownConnector)),
  },
  {
    // Closes one connector, by `client_id`, or all (npm `cloudflare` 7.3.0
    // `resources/zero-trust/tunnels/cloudflared/connections`, 2026-11-28).
    method: "DELETE",
    path: `${ONE}/connections`,
    answer(request, world) {
      const { id } = tunnelOf(request, world);
      closeConnections(world, id, request.query.get("client_id") ?? undefined);
      return ok(null);
    },
  },
  {
    method: "GET",
    path: CONFIG,
    answer: (request, world) => ok(shownConfig(tunnelOf(request, world), world)),
  },
  {
    method: "PUT",
    path: CONFIG,
    async answer(request, world) {
      const object = tunnelOf(request, world);
      const wantedConfig = {
        ...propertiesFrom(tunnelConfig.properties, request.body, OF_CLOUDFLARED),
        accountId: inPath(request, "account_id"),
        tunnelId: object.id,
      };
      await put(tunnelConfig, configOf(object, world), wantedConfig, request, world);
      return ok(shownConfig(object, world));
    },
  },
];

function wanted(request: RestRequest): Properties {
  return {
    ...propertiesFrom(tunnel.properties, request.body, SPELLING),
    accountId: inPath(request, "account_id"),
  };
}

function tunnelOf(request: RestRequest, world: World): CloudObject {
  const object = named(request, world, TUNNEL, "tunnel_id", "accountId");
  return found(request, object, NO_TUNNEL.code, NO_TUNNEL.message);
}

/** A connector with one of its four connections, because all take the same path. */
function shownConnector({ id, originIp, openedAt }: Connector): Properties {
  const connection = { client_id: id, is_pending_reconnect: false, opened_at: openedAt };
  return { id, run_at: openedAt, conns: [{ ...connection, id, origin_ip: originIp }] };
}

const isDeleted = (shownTunnel: Properties): string => String(shownTunnel["deleted_at"] !== null);

/** Never with its secret, which only the token contains. */
function shown({ id, properties }: CloudObject): Properties {
  const {
    tunnel_secret: _,
    metadata,
    ...body
  } = bodyOf(tunnel.properties, properties, SPELLING) as Properties;
  return {
    id,
    conns_active_at: null,
    conns_inactive_at: null,
    deleted_at: null,
    ...body,
    metadata: JSON.parse(String(metadata ?? "{}")) as unknown,
  };
}

const configOf = ({ id }: CloudObject, world: World): CloudObject | undefined =>
  world.get(TUNNEL_CONFIG, id);

function shownConfig(object: CloudObject, world: World): Properties {
  const config = configOf(object, world);
  const base = { tunnel_id: object.id, account_id: object.properties["accountId"] };
  // No configuration was put yet. Its version is not published; 0 is assumed.
  if (config === undefined)
    return { ...base, version: 0, config: null, source: object.properties["configSrc"] };
  return { ...base, ...bodyOf(tunnelConfig.properties, config.properties, OF_CLOUDFLARED) };
}
