import type { Properties } from "../../../providers/provider.ts";
import { ACCOUNT_TOKEN, accountToken, PERMISSION_GROUPS } from "../../cloudflare/account-token.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { found, inPath, make, named, ok, page, refused, replace } from "./answers.ts";
import { accountTokenOf, verified } from "./rights.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";

const TOKENS = "/accounts/{account_id}/tokens";
const ONE = `${TOKENS}/{token_id}`;
const SPELLING: Spelling = { words: "snake_case", without: ["accountId"] };

/**
 * Tokens of an account, and their verification (npm `cloudflare` 7.3.0
 * `resources/{accounts,user}/tokens`).
 */
export const tokenOperations: readonly Operation[] = [
  {
    method: "GET",
    path: TOKENS,
    answer(request, world) {
      const account = inPath(request, "account_id");
      const tokens = world.find(ACCOUNT_TOKEN, (each) => each["accountId"] === account);
      return page(request, tokens.map(shown));
    },
  },
  {
    method: "POST",
    path: TOKENS,
    async answer(request, world) {
      const token = await make(accountToken, wanted(request), request, world);
      // The value is returned only here.
      return ok({ ...shown(token), value: token.properties["value"] });
    },
  },
  {
    method: "GET",
    path: ONE,
    answer: (request, world) => ok(shown(tokenOf(request, world))),
  },
  {
    method: "PUT",
    path: ONE,
    async answer(request, world) {
      const token = tokenOf(request, world);
      await replace(accountToken, token, wanted(request), request, world);
      return ok(shown(token));
    },
  },
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      const token = tokenOf(request, world);
      await remove(accountToken, token, request, world);
      return ok({ id: token.id });
    },
  },
  ...[`${TOKENS}/verify`, "/user/tokens/verify"].map((path): Operation => ({
    method: "GET",
    path,
    answer(request, world) {
      const own = accountTokenOf(world, request.token);
      // An account token is no user token (tashfeenahmed/freellmapi#297, 2026-06); status and
      // message are not verified.
      if (own !== undefined && path.startsWith("/user"))
        throw refused(request, 401, 1000, "Invalid API Token");
      const { result, more } = verified(
        own?.id ?? "0".repeat(32),
        own?.properties["status"] ?? world.cloudflareToken.status,
        own === undefined ? world.cloudflareToken.expiresOn : undefined,
      );
      return ok(result, more);
    },
  })),
  {
    method: "GET",
    path: `${TOKENS}/permission_groups`,
    answer({ query }) {
      const groups = Object.entries(PERMISSION_GROUPS)
        .map(([id, { name, scope }]) => ({ id, name, scopes: [scope] }))
        .filter(
          ({ name, scopes }) =>
            (query.get("name") ?? name) === name &&
            scopes.includes(query.get("scope") ?? String(scopes[0])),
        );
      return ok(groups);
    },
  },
];

/** Its resources are a JSON text in the provider, and an object in the API. */
function wanted(request: RestRequest): Properties {
  const policies = read.list(request.body, "policies").map((policy) => ({
    ...policy,
    resources: JSON.stringify(policy["resources"] ?? {}),
    permission_groups: read.list(policy, "permission_groups").map(({ id }) => ({ id })),
  }));
  return {
    ...propertiesFrom(accountToken.properties, { ...request.body, policies }, SPELLING),
    accountId: inPath(request, "account_id"),
  };
}

function tokenOf(request: RestRequest, world: World): CloudObject {
  const token = named(request, world, ACCOUNT_TOKEN, "token_id", "accountId");
  // Number and message are invented, because they are not published.
  return found(request, token, 1003, "API Token not found");
}

function shown({ id, properties }: CloudObject): Properties {
  const { value: _, ...body } = bodyOf(accountToken.properties, properties, SPELLING);
  const policies = read.list(body, "policies").map((policy) => ({
    ...policy,
    resources: JSON.parse(read.text(policy, "resources")) as unknown,
    permission_groups: read.list(policy, "permission_groups").map((group) => ({
      ...group,
      name: PERMISSION_GROUPS[String(group["id"])]?.name,
    })),
  }));
  return { id, ...body, policies };
}
