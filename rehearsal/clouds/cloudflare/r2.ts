import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal } from "./api.ts";
import { R2_CUSTOM_DOMAIN, RECORD } from "./dns.ts";

/**
 * R2: buckets and their hosts (cloudflare/terraform-provider-cloudflare v5.22.0
 * `internal/services/r2_*`; errors: developers.cloudflare.com/r2/api/error-codes).
 */

export const R2_BUCKET = "cloudflare:index/r2Bucket:R2Bucket";

const FILE = "rehearsal/clouds/cloudflare/r2.ts";
const SECONDS = { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL };
const given: PropertyRow = { kind: "string", output: true };
const flag: PropertyRow = { kind: "boolean" };

const JURISDICTIONS = ["default", "eu", "fedramp"];

/**
 * Sent as the header `cf-r2-jurisdiction` with each call. It is not a property of the bucket, so a
 * change replaces nothing and then finds no bucket.
 */
const JURISDICTION: PropertyRow = {
  kind: "string",
  computed: true,
  removed: "default",
  refuse: (value) =>
    JURISDICTIONS.includes(String(value).toLowerCase())
      ? undefined
      : `"${String(value)}" is not one of: ${JURISDICTIONS.join(", ")}, in small letters or capitals`,
};

const BUCKET_NAME: PropertyRow = {
  kind: "string",
  required: true,
  replaces: true,
  // 10005, InvalidBucketName.
  refuse: (value) =>
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(String(value))
      ? undefined
      : `${String(value)} is no bucket name: 3 to 63 lower-case letters, digits and hyphens`,
};

const jurisdictionOf = (of: Properties): string => read.text(of, "jurisdiction").toLowerCase();

export function pathOf(inputs: Properties, bucket: string): string {
  return `/accounts/${read.text(inputs, "accountId")}/r2/buckets${bucket === "" ? "" : `/${bucket}`}`;
}

/** Key of a bucket in `World.filledBuckets`, which contains the buckets that hold objects. */
export function r2BucketKey(bucket: string): string {
  return `r2 ${bucket}`;
}

/**
 * The bucket. Its id is its name. Another jurisdiction's endpoint has another bucket of the same
 * name, which can't be reached from this one.
 */
export const r2Bucket: ResourceRow = {
  type: R2_BUCKET,
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: "{accountId}/{name}/{jurisdiction}",
  properties: {
    accountId: IDENTIFIER,
    name: BUCKET_NAME,
    jurisdiction: JURISDICTION,
    location: {
      kind: "string",
      computed: true,
      replaces: true,
      // The provider plans the value of the state
      // (`internal/services/r2_bucket/plan_modifiers.go`): the first hint counts.
      kept: true,
      allowed: ["apac", "eeur", "enam", "oc", "weur", "wnam"],
    },
    storageClass: {
      kind: "string",
      computed: true,
      removed: "Standard",
      allowed: ["Standard", "InfrequentAccess"],
    },
    creationDate: given,
  },
  seconds: SECONDS,
  stableOutputs: ["creationDate"],
  async create(inputs, { world }) {
    const name = read.text(inputs, "name");
    if (bucketsCalled(world, inputs, name).length > 0)
      throw refusal(
        "POST",
        pathOf(inputs, ""),
        409,
        10073,
        "The bucket you tried to create already exists, and you own it.",
      );
    return {
      id: name,
      given: { location: inputs["location"] ?? "enam", creationDate: now() },
    };
  },
  async update(object, inputs) {
    if (jurisdictionOf(object.properties) !== jurisdictionOf(inputs))
      throw noSuchBucket("PUT", pathOf(inputs, object.id));
    return {};
  },
  async delete(object, { world }) {
    if (world.filledBuckets.has(r2BucketKey(object.id)) || world.r2.list(object.id).length > 0)
      throw refusal(
        "DELETE",
        pathOf(object.properties, object.id),
        409,
        10008,
        // cloudflare/cloudflare-docs#26835, alchemy-run/distilled#462
        `The bucket you tried to delete (${object.id}) is not empty (account ${read.text(object.properties, "accountId")}).`,
      );
    removeRules(world, object);
  },
};

/**
 * Removes what hangs on a bucket, as its deletion does. The provider sends no delete for its
 * lifecycle.
 */
export function removeRules(world: World, { id, properties }: CloudObject): void {
  for (const type of HANGING)
    for (const rules of world.find(type, ({ bucketName }) => bucketName === id))
      if (jurisdictionOf(rules.properties) === jurisdictionOf(properties)) world.remove(rules);
}

/** Types of the rules on a bucket. */
const HANGING = [
  "cloudflare:index/r2BucketCors:R2BucketCors",
  "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle",
  "cloudflare:index/r2BucketLock:R2BucketLock",
] as const;

/** Properties that identify the bucket, for resources of a bucket. */
export const onBucket = {
  accountId: IDENTIFIER,
  bucketName: BUCKET_NAME,
  jurisdiction: JURISDICTION,
} as const;

/**
 * A host through which the bucket is read. Cloudflare creates its DNS record, refuses a name that
 * has a record, and deletes the record with the domain. Its root lists nothing
 * (developers.cloudflare.com/r2/buckets/public-buckets).
 */
export const r2CustomDomain: ResourceRow = {
  type: R2_CUSTOM_DOMAIN,
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: null,
  properties: {
    ...onBucket,
    domain: { kind: "string", required: true, replaces: true },
    zoneId: IDENTIFIER,
    enabled: { ...flag, required: true },
    minTls: { kind: "string", allowed: ["1.0", "1.1", "1.2", "1.3"] },
    ciphers: { kind: "list", item: { kind: "string" } },
    zoneName: given,
    status: { kind: "object", output: true },
  },
  seconds: {
    create: ONE_CALL,
    update: ONE_CALL,
    delete: ONE_CALL,
  },
  stableOutputs: [],
  async create(inputs, { world }) {
    const bucket = bucketOf(world, inputs, "POST", "domains/custom");
    const [zoneId, domain] = [read.text(inputs, "zoneId"), read.text(inputs, "domain")];
    const path = `${pathOf(inputs, bucket)}/domains/custom`;
    const taken =
      world.find(R2_CUSTOM_DOMAIN, (other) => other["domain"] === domain).length > 0 ||
      world.find(RECORD, (other) => other["zoneId"] === zoneId && other["name"] === domain).length >
        0;
    // Cloudflare can't create a second record of the name. The message is that of its DNS.
    if (taken)
      throw refusal(
        "POST",
        path,
        409,
        81053,
        "An A, AAAA, or CNAME record with that host already exists.",
      );
    return {
      id: domain,
      given: {
        zoneName: zoneNameOf(domain),
        // Pending for minutes, then active; the provider does not wait for it.
        status: { ownership: "active", ssl: "active" },
      },
    };
  },
  async update(object, inputs, { world }) {
    bucketOf(world, inputs, "PUT", `domains/custom/${object.id}`);
    const { zoneName, status } = object.properties;
    return { zoneName, status };
  },
  async delete() {},
};

/**
 * The world has only ids of zones, so this takes the last two labels, which is right for the tests.
 */
function zoneNameOf(domain: string): string {
  return domain.split(".").slice(-2).join(".");
}

/** @throws with the API's message if the bucket does not exist in this jurisdiction. */
export function bucketOf(
  world: World,
  inputs: Properties,
  method: "POST" | "PUT",
  below: string,
): string {
  const name = read.text(inputs, "bucketName");
  const [bucket] = bucketsCalled(world, inputs, name);
  if (bucket === undefined || jurisdictionOf(bucket.properties) !== jurisdictionOf(inputs))
    throw noSuchBucket(method, `${pathOf(inputs, name)}/${below}`);
  return name;
}

function bucketsCalled(world: World, inputs: Properties, name: string) {
  return world.find(
    R2_BUCKET,
    (other, id) => id === name && other["accountId"] === inputs["accountId"],
  );
}

function noSuchBucket(method: "POST" | "PUT", path: string): Error {
  return refusal(method, path, 404, 10006, "The specified bucket does not exist.");
}
