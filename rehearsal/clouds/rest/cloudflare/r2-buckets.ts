import type { Properties } from "../../../providers/provider.ts";
import { R2_BUCKET, r2Bucket } from "../../cloudflare/r2.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, cursorPage, found, inPath, make, named, ok, refused } from "./answers.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";

/** Path of the buckets of an account. */
export const BUCKETS = "/accounts/{account_id}/r2/buckets";
/** Path of one bucket. */
export const BUCKET = `${BUCKETS}/{bucket_name}`;
/** The names in a create differ from those in its answer. */
const SENT: Spelling = {
  words: "camelCase",
  odd: { location: "locationHint" },
  without: ["accountId", "jurisdiction"],
};
const SHOWN: Spelling = { words: "snake_case", without: ["accountId"] };
/** No other property of a bucket can change. */
const CHANGED: Spelling = {
  words: "snake_case",
  without: ["accountId", "name", "location", "jurisdiction"],
};

/**
 * Buckets (npm `cloudflare` 7.3.0 `resources/r2/buckets`). A header of each call names the
 * jurisdiction.
 */
export const bucketOperations: readonly Operation[] = [
  {
    method: "GET",
    path: BUCKETS,
    answer(request, world) {
      // developers.cloudflare.com/r2/api/error-codes, 10042; the message is not verified
      if (!world.r2Subscribed)
        throw refused(request, 403, 10_042, "Please enable R2 through the Cloudflare Dashboard.");
      const account = inPath(request, "account_id");
      const { query } = request;
      const buckets = world
        .find(
          R2_BUCKET,
          (each, id) =>
            each["accountId"] === account &&
            isOf(each, request) &&
            id.includes(query.get("name_contains") ?? "") &&
            id > (query.get("start_after") ?? ""),
        )
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const ordered = query.get("direction") === "desc" ? buckets.toReversed() : buckets;
      const { page, info } = cursorPage(request, ordered, 20);
      return ok({ buckets: page.map(shown) }, info);
    },
  },
  {
    method: "POST",
    path: BUCKETS,
    async answer(request, world) {
      const wanted = {
        ...propertiesFrom(r2Bucket.properties, request.body, SENT),
        ...placeOf(request),
      };
      return ok(shown(await make(r2Bucket, wanted, request, world)));
    },
  },
  {
    method: "GET",
    path: BUCKET,
    answer: (request, world) => ok(shown(bucketOf(request, world))),
  },
  {
    method: "PATCH",
    path: BUCKET,
    async answer(request, world) {
      const bucket = bucketOf(request, world);
      // The class is in a header (`buckets.js`, `edit`); a body is kept, too.
      const storageClass = request.headers["cf-r2-storage-class"];
      const said = propertiesFrom(r2Bucket.properties, request.body, CHANGED);
      await change(r2Bucket, bucket, { storageClass, ...said }, request, world);
      return ok(shown(bucket));
    },
  },
  {
    method: "DELETE",
    path: BUCKET,
    async answer(request, world) {
      await remove(r2Bucket, bucketOf(request, world), request, world);
      return ok({});
    },
  },
];

/** Account and jurisdiction of a request. */
export function placeOf(request: RestRequest): Properties {
  return { accountId: inPath(request, "account_id"), jurisdiction: jurisdictionOf(request) };
}

/** The bucket in the path, in the jurisdiction of the header; otherwise the API's 404. */
export function bucketOf(request: RestRequest, world: World): CloudObject {
  const bucket = named(request, world, R2_BUCKET, "bucket_name", "accountId");
  const isHere = bucket !== undefined && isOf(bucket.properties, request);
  // developers.cloudflare.com/r2/api/error-codes; the message: pulumi/pulumi-cloudflare#1174,
  // 2025-05
  return found(
    request,
    isHere ? bucket : undefined,
    10_006,
    "The specified bucket does not exist.",
  );
}

function jurisdictionOf({ headers }: RestRequest): string {
  return String(headers["cf-r2-jurisdiction"] ?? "default").toLowerCase();
}

function isOf(bucket: Properties, request: RestRequest): boolean {
  return String(bucket["jurisdiction"]).toLowerCase() === jurisdictionOf(request);
}

function shown({ properties }: CloudObject): Properties {
  return bodyOf(r2Bucket.properties, properties, SHOWN);
}
