import { refusal } from "../../cloudflare/api.ts";
import type { Operation } from "../router.ts";
import { cursorPage, inPath, ok } from "./answers.ts";
import { BUCKET, bucketOf } from "./r2-buckets.ts";

const OBJECTS = `${BUCKET}/objects`;

/**
 * Objects of a bucket and the rules that lock them (npm `cloudflare` 7.3.0
 * `resources/r2/buckets/{objects,locks}`). An object's key is one part of the path, encoded.
 */
export const objectOperations: readonly Operation[] = [
  {
    method: "GET",
    path: OBJECTS,
    answer(request, world) {
      const { id } = bucketOf(request, world);
      const all = world.r2.list(id, request.query.get("prefix") ?? "");
      const { page, info } = cursorPage(request, all, 20);
      const result = page.map(([key, { size, modified }]) => ({
        key,
        size,
        last_modified: modified.toISOString(),
      }));
      return ok(result, info);
    },
  },
  {
    method: "GET",
    path: `${OBJECTS}/{object_key}`,
    answer(request, world) {
      const { id } = bucketOf(request, world);
      const object = world.r2.get(id, inPath(request, "object_key"));
      if (object === undefined)
        throw refusal("GET", request.path, 404, 10_007, "The specified key does not exist.");
      return {
        status: 200,
        headers: { "content-type": "application/octet-stream" },
        body: object.body,
      };
    },
  },
  {
    method: "GET",
    path: `${BUCKET}/lock`,
    answer: (request, world) => ok({ rules: world.r2.locks(bucketOf(request, world).id) }),
  },
];
