import type { Properties } from "../../../providers/provider.ts";
import { SPACES_KEY, spacesKey } from "../../digitalocean/spaces.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, found, make, NO_CONTENT, ok, page, propertiesFrom } from "./answers.ts";

const ALL = "/v2/spaces/keys";
const ONE = `${ALL}/{access_key}`;
const FIELDS = { name: "name", grants: "grants" };

/**
 * Keys of Spaces (digitalocean/openapi 7c1300c4 `specification/resources/spaces/`). Buckets are in
 * the S3 API.
 */
export const spacesKeyOperations: readonly Operation[] = [
  {
    method: "GET",
    path: ALL,
    answer: (request, world) => page(request, "keys", world.find(SPACES_KEY).map(shown)),
  },
  {
    method: "POST",
    path: ALL,
    async answer(request, world) {
      const key = await make(spacesKey, propertiesFrom(request.body, FIELDS), request, world);
      // The secret is returned only here.
      const secret = { secret_key: key.properties["secretKey"] };
      return { status: 201, body: { key: { ...shown(key), ...secret } } };
    },
  },
  {
    method: "GET",
    path: ONE,
    answer(request, world) {
      const key = shown(keyOf(request, world));
      // The description returns `keys`, digitalocean/godo v1.202.0 `spaces_keys.go` reads `key`.
      // Which one is sent isn't known.
      return ok({ key, keys: [key] });
    },
  },
  ...(["PUT", "PATCH"] as const).map((method): Operation => ({
    method,
    path: ONE,
    async answer(request, world) {
      const key = keyOf(request, world);
      await change(spacesKey, key, propertiesFrom(request.body, FIELDS), request, world);
      return ok({ key: shown(key) });
    },
  })),
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      await remove(spacesKey, keyOf(request, world), request, world);
      return NO_CONTENT;
    },
  },
];

function keyOf(request: RestRequest, world: World): CloudObject {
  return found(request, world, SPACES_KEY, request.parameters["access_key"]!);
}

function shown({ properties }: CloudObject): Properties {
  const { name, accessKey, createdAt } = properties;
  return {
    name,
    access_key: accessKey,
    grants: read
      .list(properties, "grants")
      .map(({ bucket, permission }) => ({ bucket, permission })),
    created_at: createdAt,
  };
}
