import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL, type PropertyRow, type ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { refusal, STAYS } from "./api.ts";
import { bucketOf, onBucket, pathOf } from "./r2.ts";

/** The rules of a bucket, each kind put as a whole (cloudflare/terraform-provider-cloudflare v5.22.0 `internal/services/r2_bucket_{cors,lifecycle}`). */

const FILE = "rehearsal/clouds/cloudflare/r2-rules.ts";
const SECONDS = { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL };

/** Who of other origins may read, told to those requests that name their origin and to no others (developers.cloudflare.com/r2/buckets/cors). */
export const r2BucketCors: ResourceRow = {
  type: "cloudflare:index/r2BucketCors:R2BucketCors",
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: null,
  properties: {
    ...onBucket,
    rules: {
      kind: "list",
      item: {
        kind: "object",
        fields: {
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
      },
    },
  },
  seconds: SECONDS,
  stableOutputs: [],
  create(inputs, { world }) {
    refuseCors(inputs);
    return puts(world, inputs, "cors");
  },
  async update(_object, inputs, { world }) {
    refuseCors(inputs);
    bucketOf(world, inputs, "PUT", "cors");
    return {};
  },
  async delete() {},
};

/** The most that a preflight's answer may be kept (developers.cloudflare.com/api, R2's CORS, as of 2026-11-28); number and words are ours. */
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

/** What is thrown away when. A bucket is born with one rule: unfinished uploads after seven days (developers.cloudflare.com/r2/buckets/object-lifecycles). */
export const r2BucketLifecycle: ResourceRow = {
  type: "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle",
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: null,
  forgets: STAYS,
  properties: {
    ...onBucket,
    rules: {
      kind: "list",
      item: {
        kind: "object",
        fields: {
          id: { kind: "string", required: true },
          enabled: { kind: "boolean", required: true },
          conditions: {
            kind: "object",
            required: true,
            fields: { prefix: { kind: "string", required: true } },
          },
          abortMultipartUploadsTransition: { kind: "object", fields: { condition: AGE } },
        },
      },
    },
  },
  seconds: SECONDS,
  stableOutputs: [],
  create: (inputs, { world }) => puts(world, inputs, "lifecycle"),
  async update(_object, inputs, { world }) {
    bucketOf(world, inputs, "PUT", "lifecycle");
    return {};
  },
  async delete() {},
};

async function puts(
  world: World,
  inputs: Properties,
  what: string,
): Promise<{ readonly id: string; readonly given: Properties }> {
  const bucket = bucketOf(world, inputs, "PUT", what);
  // One of each kind to a bucket; nobody asks for their ids.
  return { id: bucket, given: {} };
}
