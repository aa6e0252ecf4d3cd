import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { refusal, STAYS } from "./api.ts";
import type { LockRule } from "./r2-store.ts";
import { bucketOf, onBucket, pathOf } from "./r2.ts";

/**
 * Rules of a bucket, replaced as a whole for each kind (cloudflare/terraform-provider-cloudflare
 * v5.22.0 `internal/services/r2_bucket_{cors,lifecycle,lock}`).
 */

/**
 * The row of one kind of rules. None can be imported. A bucket has one of each kind, whose id
 * nothing uses.
 * @param what the last part of the path.
 * @param act effect of the call; throws for inputs that the API refuses.
 */
function rulesOf(
  what: "cors" | "lifecycle" | "lock",
  type: string,
  fields: Readonly<Record<string, PropertyRow>>,
  act: (inputs: Properties, world: World) => void = () => {},
): ResourceRow {
  const put = (world: World, inputs: Properties): string => {
    const bucket = bucketOf(world, inputs, "PUT", what);
    act(inputs, world);
    return bucket;
  };
  return {
    type,
    file: "rehearsal/clouds/cloudflare/r2-rules.ts",
    asOf: CLOUDFLARE_SOURCE,
    importId: null,
    properties: { ...onBucket, rules: { kind: "list", item: { kind: "object", fields } } },
    seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
    stableOutputs: [],
    create: async (inputs, { world }) => ({ id: put(world, inputs), given: {} }),
    async update(_object, inputs, { world }) {
      put(world, inputs);
      return {};
    },
    async delete() {},
  };
}

/**
 * CORS rules: permissions of other origins to read. The API sends them only for requests with an
 * origin (developers.cloudflare.com/r2/buckets/cors).
 */
export const r2BucketCors: ResourceRow = rulesOf(
  "cors",
  "cloudflare:index/r2BucketCors:R2BucketCors",
  {
    id: { kind: "string" },
    allowed: {
      kind: "object",
      required: true,
      fields: {
        methods: {
          kind: "list",
          required: true,
          item: { kind: "string", allowed: ["GET", "PUT", "POST", "DELETE", "HEAD"] },
        },
        origins: { kind: "list", required: true, item: { kind: "string" } },
        headers: { kind: "list", item: { kind: "string" } },
      },
    },
    exposeHeaders: { kind: "list", item: { kind: "string" } },
    maxAgeSeconds: { kind: "number" },
  },
  refuseCors,
);

/**
 * The maximum time for which a preflight's answer may be cached (developers.cloudflare.com/api,
 * R2's CORS, as of 2026-11-28); number and message are invented.
 */
function refuseCors(inputs: Properties): void {
  const tooLong = read.list(inputs, "rules").some((rule) => Number(rule["maxAgeSeconds"]) > 86_400);
  if (tooLong)
    throw refusal(
      "PUT",
      `${pathOf(inputs, read.text(inputs, "bucketName"))}/cors`,
      400,
      10_001,
      "maxAgeSeconds is more than 86400",
    );
}

const AGE: PropertyRow = {
  kind: "object",
  fields: {
    type: { kind: "string", required: true, allowed: ["Age"] },
    maxAge: { kind: "number", required: true },
  },
};

/**
 * Lifecycle rules: deletion after a time. A new bucket has one: unfinished uploads after seven days
 * (developers.cloudflare.com/r2/buckets/object-lifecycles).
 */
export const r2BucketLifecycle: ResourceRow = {
  ...rulesOf("lifecycle", "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle", {
    id: { kind: "string", required: true },
    enabled: { kind: "boolean", required: true },
    conditions: {
      kind: "object",
      required: true,
      fields: { prefix: { kind: "string", required: true } },
    },
    abortMultipartUploadsTransition: { kind: "object", fields: { condition: AGE } },
    deleteObjectsTransition: { kind: "object", fields: { condition: AGE } },
  }),
  forgets: STAYS,
};

/**
 * Lock rules: objects that no one may overwrite or delete
 * (developers.cloudflare.com/r2/buckets/bucket-locks). They bind in the world's store of objects.
 */
export const r2BucketLock: ResourceRow = {
  ...rulesOf(
    "lock",
    "cloudflare:index/r2BucketLock:R2BucketLock",
    {
      id: { kind: "string", required: true },
      enabled: { kind: "boolean", required: true },
      prefix: { kind: "string" },
      condition: {
        kind: "object",
        required: true,
        fields: {
          type: { kind: "string", required: true, allowed: ["Age", "Date", "Indefinite"] },
          maxAgeSeconds: { kind: "number" },
          date: { kind: "string" },
        },
      },
    },
    (inputs, world) => {
      const rules = read.list(inputs, "rules") as unknown as readonly LockRule[];
      world.r2.lock(read.text(inputs, "bucketName"), rules);
    },
  ),
  forgets: STAYS,
};
