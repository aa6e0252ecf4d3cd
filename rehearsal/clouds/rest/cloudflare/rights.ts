import type { Properties } from "../../../providers/provider.ts";
import { ACCOUNT_TOKEN } from "../../cloudflare/account-token.ts";
import { refusal } from "../../cloudflare/api.ts";
import type { Refusal } from "../../refusal.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import type { RestRequest } from "../router.ts";

/** Paths at which a token verifies itself. */
const VERIFY = /^\/(?:user|accounts\/[^/]+)\/tokens\/verify$/u;

/** The account token with this value, if a program created it. */
export function accountTokenOf(world: World, value: string | undefined): CloudObject | undefined {
  return world.find(ACCOUNT_TOKEN, (token) => token["value"] === value)[0];
}

/**
 * Refuses a request whose token is missing, malformed, unknown or insufficient. Refuses also a zone
 * or an account that the token can't see. If `World.cloudflareTokens` is empty, every token is
 * accepted that no program created.
 */
export function refusedRight(request: RestRequest, world: World): Refusal | undefined {
  const { token, path } = request;
  const refuse = (
    status: 400 | 401 | 403 | 404,
    code: number,
    message: string,
    reasons: readonly { readonly code: number; readonly message: string }[] = [],
  ): Refusal => refusal(request.method, path, status, code, message, reasons);
  // cloudflare/cloudflare-python#2678, 2025-11
  if (token === undefined)
    return refuse(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  // kissgyorgy/cloudflare-dyndns#40, 2025-04. Real ones have 40 characters or more.
  if (!/^[\w-]{40,}$/u.test(token))
    return refuse(400, 6003, "Invalid request headers", [
      { code: 6111, message: "Invalid format for Authorization header" },
    ]);
  const own = accountTokenOf(world, token);
  const isKnown = own !== undefined || world.cloudflareTokens.size === 0;
  if (!isKnown && !world.cloudflareTokens.has(token))
    // The numbers are those that programs check; status and message are not verified.
    return VERIFY.test(path)
      ? refuse(401, 1000, "Invalid API Token")
      : refuse(403, 9109, "Invalid access token");
  if (VERIFY.test(path)) return undefined;
  return own === undefined
    ? refusedPlace(request, world)
    : // It may write to its bucket through S3, and may read nothing of this API.
      refuse(403, 10_000, "Authentication error");
}

/** Refuses a zone or an account that the token has no access to. */
function refusedPlace({ method, path }: RestRequest, world: World): Refusal | undefined {
  const [, kind, id] = /^\/(zones|accounts)\/([^/]+)/u.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (!/^[0-9a-f]{32}$/u.test(id))
    // timothymiller/cloudflare-ddns#152, 2023-10
    return refusal(
      method,
      path,
      404,
      7003,
      `Could not route to /client/v4${path}, perhaps your object identifier is invalid?`,
    );
  if (kind === "zones")
    return world.zones.has(id)
      ? undefined
      : // octodns/octodns-cloudflare#60
        refusal(method, path, 403, 9109, "Unauthorized to access requested resource");
  const isOurs = [...world.zones.values()].some(({ accountId }) => accountId === id);
  // justmiles/traefik-cloudflare-tunnel#2, 2022-12
  return isOurs ? undefined : refusal(method, path, 403, 10_000, "Authentication error");
}

/** Answer to a token's verification (cloudflare/cloudflare-docs#20396, 2025-02). */
export function verified(
  id: string,
  status: unknown,
  expiresOn?: string,
): { result: Properties; more: Properties } {
  return {
    result: { id, status, ...(expiresOn !== undefined && { expires_on: expiresOn }) },
    more: {
      messages: [{ code: 10_000, message: "This API Token is valid and active", type: null }],
    },
  };
}
