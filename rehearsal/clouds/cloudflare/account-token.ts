import { randomBytes } from "node:crypto";
import { secretAccessKeyOf } from "../../../cdn/bucket-key.ts";
import type { Properties } from "../../providers/provider.ts";
import { UNKNOWN } from "../../../plan/values.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal } from "./api.ts";

export const ACCOUNT_TOKEN = "cloudflare:index/accountToken:AccountToken";

/** Allows to purge the cache of a zone, and nothing else. */
export const CACHE_PURGE = "e17beae8b8cb423a99b1730f21238bed";

const given: PropertyRow = { kind: "string", output: true };
const TIME: PropertyRow = {
  kind: "string",
  refuse: (value) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u.test(String(value))
      ? undefined
      : `Invalid RFC3339 String Value: ${String(value)}`,
};

/**
 * Permission groups for a token, with the kind of resource that each applies to
 * (developers.cloudflare.com/r2/api/tokens; the ids: there and in public programs). Account-wide
 * groups are not among them, because no key of the stack may have one.
 */
export const PERMISSION_GROUPS: Readonly<
  Record<string, { readonly name: string; readonly scope: string; readonly resource: RegExp }>
> = {
  "2efd5506f9c8494dacb1fa10a3e7d5b6": {
    name: "Workers R2 Storage Bucket Item Write",
    scope: "com.cloudflare.edge.r2.bucket",
    resource:
      /^com\.cloudflare\.edge\.r2\.bucket\.[0-9a-f]{32}_(default|eu|fedramp)_[a-z0-9-]{3,63}$/,
  },
  [CACHE_PURGE]: {
    name: "Cache Purge",
    scope: "com.cloudflare.api.account.zone",
    resource: /^com\.cloudflare\.api\.account\.zone\.[0-9a-f]{32}$/,
  },
  "6a018a9f2fc74eb6b293b0c548f38b39": {
    name: "Workers R2 Storage Bucket Item Read",
    scope: "com.cloudflare.edge.r2.bucket",
    resource:
      /^com\.cloudflare\.edge\.r2\.bucket\.[0-9a-f]{32}_(default|eu|fedramp)_[a-z0-9-]{3,63}$/,
  },
};

/**
 * A token of the account, which remains when the user who created it leaves
 * (cloudflare/terraform-provider-cloudflare v5.22.0 `internal/services/account_token/schema.go`).
 * The API returns its value only once, at its creation. A lost token can only be created again.
 */
export const accountToken: ResourceRow = {
  type: ACCOUNT_TOKEN,
  file: "rehearsal/clouds/cloudflare/account-token.ts",
  asOf: CLOUDFLARE_SOURCE,
  importId: "{accountId}/{id}",
  readWhereKnown: ["value"],
  properties: {
    accountId: IDENTIFIER,
    name: { kind: "string", required: true },
    policies: {
      kind: "list",
      required: true,
      item: {
        kind: "object",
        fields: {
          id: given,
          effect: { kind: "string", required: true, allowed: ["allow", "deny"] },
          permissionGroups: {
            kind: "list",
            required: true,
            item: { kind: "object", fields: { id: { kind: "string", required: true } } },
          },
          // A JSON text of objects in which each key is a resource.
          resources: { kind: "string", required: true },
        },
      },
    },
    expiresOn: TIME,
    notBefore: TIME,
    status: { kind: "string", computed: true, allowed: ["active", "disabled", "expired"] },
    issuedOn: given,
    lastUsedOn: given,
    modifiedOn: given,
    value: { kind: "string", output: true, secret: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: ["value"],
  // Unknown and, unlike later, not secret: the real plugin was seen to plan it so.
  planned: () => ({ value: UNKNOWN }),
  async create(inputs) {
    refusePolicies(inputs, "POST", "");
    const at = now();
    return {
      // As long as a real one, because this id is also an S3 access key id.
      id: randomBytes(16).toString("hex"),
      given: {
        status: inputs["status"] ?? "active",
        policies: withIds(inputs),
        issuedOn: at,
        modifiedOn: at,
        // 40 characters, as the provider requires.
        value: randomBytes(30).toString("base64url"),
      },
    };
  },
  async update(object, inputs) {
    refusePolicies(inputs, "PUT", `/${object.id}`);
    const { issuedOn, value } = object.properties;
    return { policies: withIds(inputs), issuedOn, value, modifiedOn: now() };
  },
  async delete() {},
};

/** The S3 secret of a token whose id is this access key id; undefined if there is no such token. */
export function s3SecretOf(world: World, accessKeyId: string): string | undefined {
  const value = world.get(ACCOUNT_TOKEN, accessKeyId)?.properties["value"];
  return typeof value === "string" ? secretAccessKeyOf(value) : undefined;
}

/**
 * Whether R2 accepts an S3 key: the token's id, and the SHA-256 of its value
 * (developers.cloudflare.com/r2/api/tokens).
 */
export function isMediaKey(world: World, accessKeyId: string, secretAccessKey: string): boolean {
  return s3SecretOf(world, accessKeyId) === secretAccessKey;
}

function withIds(inputs: Properties): readonly Properties[] {
  return read
    .list(inputs, "policies")
    .map((policy) => ({ ...policy, id: randomBytes(16).toString("hex") }));
}

/**
 * Refuses an unknown group, and a group on a resource of another kind
 * (developers.cloudflare.com/fundamentals/api/how-to/create-via-api; number and message are
 * invented).
 */
function refusePolicies(inputs: Properties, method: "POST" | "PUT", below: string): void {
  const path = `/accounts/${read.text(inputs, "accountId")}/tokens${below}`;
  for (const policy of read.list(inputs, "policies")) {
    const keys = Object.keys(JSON.parse(read.text(policy, "resources")) as object);
    for (const { id } of read.list(policy, "permissionGroups")) {
      const group = PERMISSION_GROUPS[String(id)];
      if (group === undefined)
        throw refusal(method, path, 400, 1001, `Invalid permission group ${String(id)}`);
      const foreign = keys.find((key) => !group.resource.test(key));
      if (foreign !== undefined)
        throw refusal(method, path, 400, 1001, `"${group.name}" is not for ${foreign}`);
    }
  }
}
