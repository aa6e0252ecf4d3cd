import { randomBytes } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import { apiFaults } from "../api-faults.ts";
import { read } from "../properties.ts";
import { Refusal } from "../refusal.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow, RowContext } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import { SPACES_REGIONS } from "../../../config/keys/media.ts";
import { now, offered, refusal } from "./api.ts";

/**
 * Spaces. Buckets use the S3 API with its keys. The keys use DigitalOcean's own API with the
 * account's token (terraform-provider-digitalocean `digitalocean/spaces/`).
 */

export const SPACES_KEY = "digitalocean:index/spacesKey:SpacesKey";
export const SPACES_BUCKET = "digitalocean:index/spacesBucket:SpacesBucket";
export const SPACES_CORS =
  "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration";

const FILE = "rehearsal/clouds/digitalocean/spaces.ts";
const SECONDS = { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL };

/** Key of a bucket in `World.filledBuckets`, which contains the buckets that hold objects. */
export function spaceKey(region: string, bucket: string): string {
  return `spaces ${region} ${bucket}`;
}

/**
 * Fails as the provider does without keys (`config/config.go`, `SpacesClient`), and as S3 does with
 * wrong or insufficient ones.
 */
function refuseWithoutKeys(doing: string, { world, configuration }: RowContext): void {
  const { spacesAccessId: id, spacesSecretKey: secret } = configuration;
  if (typeof id !== "string" || typeof secret !== "string" || id === "" || secret === "")
    throw new Error(`Error ${doing}: Spaces credentials not configured`);
  const key = world.get(SPACES_KEY, id)?.properties;
  if (key === undefined) throw s3Error("InvalidAccessKeyId", 403);
  if (key["secretKey"] !== secret) throw s3Error("SignatureDoesNotMatch", 403);
  // A limited key can't change a bucket itself
  // (docs.digitalocean.com/products/spaces/how-to/manage-access).
  if (!isFull(key)) throw s3Error("AccessDenied", 403);
}

/** A refusal of the S3 API, which answers in XML. The provider shows only its code. */
function s3Error(
  code: string,
  status: number,
  {
    method = "PUT",
    doing = "",
    after = "",
  }: Partial<Record<"doing" | "after", string>> & {
    readonly method?: "PUT" | "DELETE";
  } = {},
): Refusal {
  return new Refusal(
    { method, path: "/", status, code, text: code },
    `Error${doing}: ${code}: \n\tstatus code: ${status}, request id: , host id: ${after}`,
  );
}

const isFull = (key: Properties): boolean =>
  read.list(key, "grants").some(({ permission }) => permission === "fullaccess");

/**
 * A key pair for the S3 API. Its secret is returned once. It can't be imported: a lost state
 * requires a new key.
 */
export const spacesKey: ResourceRow = {
  type: SPACES_KEY,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: null,
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    grants: {
      kind: "list",
      item: {
        kind: "object",
        fields: {
          bucket: { kind: "string", required: true },
          permission: {
            kind: "string",
            required: true,
            allowed: ["read", "readwrite", "fullaccess"],
          },
        },
      },
    },
    accessKey: { kind: "string", output: true },
    secretKey: { kind: "string", output: true, secret: true },
    createdAt: { kind: "string", output: true },
  },
  seconds: SECONDS,
  stableOutputs: "all",
  async create(inputs, { world }) {
    for (const { bucket, permission } of read.list(inputs, "grants")) {
      if ((permission === "fullaccess") === (bucket === "")) continue;
      // "fullaccess" requires an empty bucket (its page of the provider's documentation).
      throw refusal(
        "creating Spaces key",
        "POST",
        "/v2/spaces/keys",
        422,
        `${String(permission)} does not go with the bucket "${String(bucket)}"`,
      );
    }
    let accessKey: string;
    do accessKey = `DO00${randomBytes(8).toString("hex").toUpperCase()}`;
    while (world.get(SPACES_KEY, accessKey) !== undefined);
    const secretKey = randomBytes(32).toString("base64url");
    return { id: accessKey, given: { accessKey, secretKey, createdAt: now() } };
  },
  async update(object, inputs) {
    // "You cannot convert 'All Permissions' keys into 'Read' or 'Read/Write/Delete' access keys or
    // vice-versa" (how-to/manage-access).
    if (isFull(object.properties) !== isFull(inputs))
      throw refusal(
        "updating Spaces key",
        "PUT",
        `/v2/spaces/keys/${object.id}`,
        422,
        "a key can't change between full and limited access",
      );
    const { accessKey, secretKey, createdAt } = object.properties;
    return { accessKey, secretKey, createdAt };
  },
  async delete() {},
};

const days: PropertyRow = { kind: "integer" };

/**
 * The bucket. `name` is not ForceNew, and no update sends it. Another name leaves the bucket
 * unchanged and returns addresses of one that does not exist (`resource_spaces_bucket.go`). `acl`
 * decides who may list the bucket; each object's own ACL decides who may read it
 * (digitalocean/terraform-provider-digitalocean#536).
 */
export const spacesBucket: ResourceRow = {
  type: SPACES_BUCKET,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{region},{id}",
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    region: { kind: "string", default: "nyc3", replaces: true, allowed: SPACES_REGIONS },
    acl: { kind: "string", default: "private", api: offered(["private", "public-read"]) },
    forceDestroy: { kind: "boolean", default: false },
    lifecycleRules: {
      kind: "list",
      item: {
        kind: "object",
        fields: {
          id: { kind: "string", computed: true },
          prefix: { kind: "string" },
          enabled: { kind: "boolean", required: true },
          abortIncompleteMultipartUploadDays: days,
        },
      },
    },
    bucketDomainName: { kind: "string", output: true },
    bucketUrn: { kind: "string", output: true },
    endpoint: { kind: "string", output: true },
  },
  seconds: SECONDS,
  stableOutputs: "all",
  async create(inputs, context) {
    refuseWithoutKeys("creating bucket", context);
    refuseAcl(inputs);
    const [name, region] = [read.text(inputs, "name"), read.text(inputs, "region")];
    const { world } = context;
    // All customers of a region share one name space, as in S3.
    if (world.account.foreignBuckets.has(spaceKey(region, name)))
      throw s3Error("BucketAlreadyExists", 409, { doing: " creating Spaces bucket" });
    return { id: name, given: addressesOf(name, region) };
  },
  async update(object, inputs, context) {
    refuseWithoutKeys("updating bucket", context);
    refuseAcl(inputs);
    return addressesOf(read.text(inputs, "name"), read.text(object.properties, "region"));
  },
  async delete(object, context) {
    refuseWithoutKeys("deleting bucket", context);
    const { properties, id } = object;
    const key = spaceKey(read.text(properties, "region"), id);
    if (context.world.filledBuckets.has(key) && !read.flag(properties, "forceDestroy"))
      throw s3Error("BucketNotEmpty", 409, {
        method: "DELETE",
        doing: " deleting Spaces Bucket",
        after: ` "${id}"`,
      });
  },
};

/** S3 allows no other; the provider accepts any text. */
function refuseAcl(inputs: Properties): void {
  if (apiFaults(spacesBucket, inputs).length > 0) throw s3Error("InvalidArgument", 400);
}

function addressesOf(name: string, region: string): Properties {
  return {
    bucketDomainName: `${name}.${region}.digitaloceanspaces.com`,
    bucketUrn: `do:space:${name}`,
    endpoint: `${region}.digitaloceanspaces.com`,
  };
}

const texts: PropertyRow = { kind: "list", item: { kind: "string" } };

/**
 * Origins that may read (`resource_spaces_bucket_cors_configuration.go`). Its id is the bucket's.
 */
export const spacesBucketCorsConfiguration: ResourceRow = {
  type: SPACES_CORS,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{region},{bucket}",
  properties: {
    bucket: { kind: "string", required: true },
    region: { kind: "string", required: true, replaces: true, allowed: SPACES_REGIONS },
    corsRules: {
      kind: "list",
      required: true,
      item: {
        kind: "object",
        fields: {
          id: { kind: "string" },
          allowedMethods: { ...texts, required: true },
          allowedOrigins: { ...texts, required: true },
          allowedHeaders: texts,
          exposeHeaders: texts,
          maxAgeSeconds: days,
        },
      },
    },
  },
  seconds: SECONDS,
  stableOutputs: "all",
  async create(inputs, context) {
    refuseWithoutKeys("occurred while configuring CORS for Spaces bucket", context);
    return { id: bucketOf(inputs, context), given: {} };
  },
  async update(_object, inputs, context) {
    refuseWithoutKeys("occurred while configuring CORS for Spaces bucket", context);
    bucketOf(inputs, context);
    return {};
  },
  async delete(_object, context) {
    refuseWithoutKeys("occurred while deleting Spaces Bucket CORS configuration", context);
  },
};

function bucketOf(inputs: Properties, { world }: RowContext): string {
  const [bucket, region] = [read.text(inputs, "bucket"), read.text(inputs, "region")];
  if (world.get(SPACES_BUCKET, bucket)?.properties["region"] !== region)
    throw s3Error("NoSuchBucket", 404, {
      doing: " occurred while configuring CORS for Spaces bucket",
    });
  return bucket;
}
