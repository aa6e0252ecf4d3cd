import type { Properties } from "../../../providers/provider.ts";
import { R2_CUSTOM_DOMAIN } from "../../cloudflare/dns.ts";
import { r2BucketCors, r2BucketLifecycle, r2BucketLock } from "../../cloudflare/r2-rules.ts";
import { r2CustomDomain } from "../../cloudflare/r2.ts";
import type { ResourceRow } from "../../rows.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, found, inPath, make, ok, put } from "./answers.ts";
import { BUCKET, bucketOf, placeOf } from "./r2-buckets.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";

const DOMAINS = `${BUCKET}/domains/custom`;
const DOMAIN = `${DOMAINS}/{domain}`;
const SPELLING: Spelling = {
  words: "camelCase",
  odd: { minTls: "minTLS" },
  without: ["accountId", "bucketName", "jurisdiction"],
};

/**
 * The rule of a new bucket (developers.cloudflare.com/r2/buckets/object-lifecycles, read
 * 2026-11-28); its name is not verified.
 */
const BORN_WITH = {
  id: "Default Multipart Abort Rule",
  enabled: true,
  conditions: { prefix: "" },
  abortMultipartUploadsTransition: { condition: { type: "Age", maxAge: 604_800 } },
};

/**
 * Settings of a bucket (npm `cloudflare` 7.3.0 `resources/r2/buckets/{cors,lifecycle,domains}`).
 */
export const bucketSettingOperations: readonly Operation[] = [
  {
    method: "GET",
    path: `${BUCKET}/cors`,
    answer(request, world) {
      // The number: alchemy-run/distilled `r2/getBucketCors.json`, 2026-03; the message is S3's.
      const words = "The CORS configuration does not exist.";
      return ok(
        shown(r2BucketCors, found(request, of(r2BucketCors, request, world), 10_059, words)),
      );
    },
  },
  puts(r2BucketCors, "cors"),
  {
    method: "DELETE",
    path: `${BUCKET}/cors`,
    async answer(request, world) {
      const cors = of(r2BucketCors, request, world);
      // Assumed: deleting a missing one is no error, as in S3.
      if (cors !== undefined) await remove(r2BucketCors, cors, request, world);
      return ok({});
    },
  },
  {
    method: "GET",
    path: `${BUCKET}/lifecycle`,
    answer(request, world) {
      const lifecycle = of(r2BucketLifecycle, request, world);
      return ok(
        lifecycle === undefined ? { rules: [BORN_WITH] } : shown(r2BucketLifecycle, lifecycle),
      );
    },
  },
  puts(r2BucketLifecycle, "lifecycle"),
  puts(r2BucketLock, "lock"),
  {
    method: "GET",
    path: DOMAINS,
    answer(request, world) {
      const { id } = bucketOf(request, world);
      const domains = world.find(R2_CUSTOM_DOMAIN, (each) => each["bucketName"] === id);
      return ok({ domains: domains.map((each) => shown(r2CustomDomain, each)) });
    },
  },
  {
    method: "POST",
    path: DOMAINS,
    async answer(request, world) {
      bucketOf(request, world);
      return ok(
        shown(
          r2CustomDomain,
          await make(r2CustomDomain, wanted(r2CustomDomain, request), request, world),
        ),
      );
    },
  },
  {
    method: "GET",
    path: DOMAIN,
    answer: (request, world) => ok(shown(r2CustomDomain, domainOf(request, world))),
  },
  {
    method: "PUT",
    path: DOMAIN,
    async answer(request, world) {
      const domain = domainOf(request, world);
      // Unset properties stay: the call accepts a part of a create's.
      await change(r2CustomDomain, domain, wanted(r2CustomDomain, request), request, world);
      return ok(shown(r2CustomDomain, domain));
    },
  },
  {
    method: "DELETE",
    path: DOMAIN,
    async answer(request, world) {
      const domain = domainOf(request, world);
      await remove(r2CustomDomain, domain, request, world);
      return ok({ domain: domain.id });
    },
  },
];

/** The call that replaces all rules of a bucket. */
function puts(row: ResourceRow, below: string): Operation {
  return {
    method: "PUT",
    path: `${BUCKET}/${below}`,
    async answer(request, world) {
      await put(row, of(row, request, world), wanted(row, request), request, world);
      return ok({});
    },
  };
}

/** The one object of a row that this bucket has. */
function of(row: ResourceRow, request: RestRequest, world: World): CloudObject | undefined {
  return world.get(row.type, bucketOf(request, world).id);
}

function wanted(row: ResourceRow, request: RestRequest): Properties {
  return {
    ...propertiesFrom(row.properties, request.body, SPELLING),
    ...placeOf(request),
    bucketName: inPath(request, "bucket_name"),
  };
}

function domainOf(request: RestRequest, world: World): CloudObject {
  const { id } = bucketOf(request, world);
  const domain = world.get(R2_CUSTOM_DOMAIN, inPath(request, "domain"));
  const isHere = domain?.properties["bucketName"] === id;
  // Number and message are invented, because they are not published.
  return found(request, isHere ? domain : undefined, 10_050, "The custom domain does not exist.");
}

function shown(row: ResourceRow, { properties }: CloudObject): Properties {
  return bodyOf(row.properties, properties, SPELLING);
}
