/**
 * Calls of Cloudflare's API that the real provider makes for the types of the stack, below
 * `/client/v4`.
 *
 * Source: the real Cloudflare plugin over terraform-provider-cloudflare v5.22.0. Local stubs
 * recorded its calls in preview, up, refresh, import and destroy of the whole stack (2026-11-28).
 * Updates and Workers were not run. Those are from that provider's source
 * (`internal/services/…/resource.go`) and from npm `cloudflare` 7.3.0.
 */

const A = "/accounts/{account_id}";
const Z = "/zones/{zone_id}";
const BUCKET = `${A}/r2/buckets/{bucket_name}`;
const TUNNEL = `${A}/cfd_tunnel/{tunnel_id}`;

/** Seen. */
export const RECORDED: readonly string[] = [
  `POST ${A}/cfd_tunnel`,
  `DELETE ${TUNNEL}`,
  `GET ${TUNNEL}`,
  `GET ${TUNNEL}/configurations`,
  `PUT ${TUNNEL}/configurations`,
  `GET ${TUNNEL}/token`,
  `POST ${A}/r2/buckets`,
  `DELETE ${BUCKET}`,
  `GET ${BUCKET}`,
  `DELETE ${BUCKET}/cors`,
  `GET ${BUCKET}/cors`,
  `PUT ${BUCKET}/cors`,
  `POST ${BUCKET}/domains/custom`,
  `DELETE ${BUCKET}/domains/custom/{domain}`,
  `GET ${BUCKET}/domains/custom/{domain}`,
  `GET ${BUCKET}/lifecycle`,
  `PUT ${BUCKET}/lifecycle`,
  `POST ${A}/tokens`,
  `DELETE ${A}/tokens/{token_id}`,
  `GET ${A}/tokens/{token_id}`,
  `GET ${Z}/argo/tiered_caching`,
  `PATCH ${Z}/argo/tiered_caching`,
  `GET ${Z}/bot_management`,
  `PUT ${Z}/bot_management`,
  `DELETE ${Z}/cache/tiered_cache_smart_topology_enable`,
  `GET ${Z}/cache/tiered_cache_smart_topology_enable`,
  `POST ${Z}/cache/tiered_cache_smart_topology_enable`,
  `POST ${Z}/dns_records`,
  `DELETE ${Z}/dns_records/{dns_record_id}`,
  `GET ${Z}/dns_records/{dns_record_id}`,
  `POST ${Z}/rulesets`,
  `DELETE ${Z}/rulesets/{ruleset_id}`,
  `GET ${Z}/rulesets/{ruleset_id}`,
  `GET ${Z}/settings/{setting_id}`,
  `PATCH ${Z}/settings/{setting_id}`,
];

/** Calls from the source: updates, Workers, and the two functions of the program. */
export const READ_IN_SOURCE: readonly string[] = [
  `PATCH ${TUNNEL}`,
  `PATCH ${BUCKET}`,
  `PUT ${BUCKET}/domains/custom/{domain}`,
  `PUT ${A}/tokens/{token_id}`,
  `PATCH ${Z}/dns_records/{dns_record_id}`,
  `PUT ${Z}/rulesets/{ruleset_id}`,
  `PUT ${A}/workers/scripts/{script_name}`,
  `GET ${A}/workers/scripts/{script_name}`,
  `GET ${A}/workers/services/{script_name}`,
  `GET ${A}/workers/scripts/{script_name}/settings`,
  `GET ${A}/workers/scripts/{script_name}/content/v2`,
  `DELETE ${A}/workers/scripts/{script_name}`,
  `POST ${Z}/workers/routes`,
  `GET ${Z}/workers/routes/{route_id}`,
  `PUT ${Z}/workers/routes/{route_id}`,
  `DELETE ${Z}/workers/routes/{route_id}`,
  `GET ${Z}`,
  `GET ${Z}/dns_records`,
];

/** Additional calls of a command for operators. */
export const FOR_OPERATORS: readonly string[] = [
  "GET /zones",
  `PUT ${Z}/dns_records/{dns_record_id}`,
  `GET ${A}/cfd_tunnel`,
  `GET ${TUNNEL}/connections`,
  `DELETE ${TUNNEL}/connections`,
  `GET ${A}/r2/buckets`,
  `GET ${BUCKET}/domains/custom`,
  `GET ${BUCKET}/lock`,
  `PUT ${BUCKET}/lock`,
  `GET ${BUCKET}/objects`,
  `GET ${BUCKET}/objects/{object_key}`,
  `GET ${A}/tokens`,
  `GET ${A}/tokens/verify`,
  `GET ${A}/tokens/permission_groups`,
  "GET /user/tokens/verify",
  `GET ${Z}/rulesets`,
  `GET ${Z}/rulesets/phases/{ruleset_phase}/entrypoint`,
  `PUT ${Z}/rulesets/phases/{ruleset_phase}/entrypoint`,
  `PATCH ${Z}/cache/tiered_cache_smart_topology_enable`,
  `GET ${A}/workers/scripts`,
  `GET ${Z}/workers/routes`,
];
