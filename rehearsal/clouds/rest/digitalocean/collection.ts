import type { Properties } from "../../../providers/provider.ts";
import type { ResourceRow } from "../../rows.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, make, NO_CONTENT, ok, page, propertiesFrom, type FieldMap } from "./answers.ts";

/** Objects with the same five operations: list, create, read, change by a PUT, delete. */
export interface Collection {
  readonly row: ResourceRow;
  /** Path of the list. */
  readonly all: string;
  /** Last part of the path of one object. */
  readonly key: `{${string}}`;
  /** The API's words for one object and for several, around each answer. */
  readonly one: string;
  readonly several: string;
  readonly fields: FieldMap;
  /** Status code of a create. */
  readonly created: 200 | 201;
  /** Properties from the path: the parent of each. Default: none. */
  readonly within?: (request: RestRequest, world: World) => Properties;
  /** Finds the object of the path, or throws a 404. */
  readonly found: (request: RestRequest, world: World) => CloudObject;
  readonly shown: (object: CloudObject) => Properties;
}

/** The five operations of a collection. */
export function collectionOperations(collection: Collection): readonly Operation[] {
  const { row, all, fields, found, within = () => ({}) } = collection;
  const one = `${all}/${collection.key}`;
  const shown = (object: CloudObject): Properties => ({
    [collection.one]: collection.shown(object),
  });
  return [
    {
      method: "GET",
      path: all,
      answer(request, world) {
        const owner = Object.entries(within(request, world));
        const objects = world.find(row.type, (each) =>
          owner.every(([key, value]) => each[key] === value),
        );
        return page(request, collection.several, objects.map(collection.shown));
      },
    },
    {
      method: "POST",
      path: all,
      async answer(request, world) {
        const owner = within(request, world);
        const wanted = { ...owner, ...propertiesFrom(request.body, fields) };
        const made = await make(row, wanted, request, world);
        return { status: collection.created, body: shown(made) };
      },
    },
    {
      method: "GET",
      path: one,
      answer: (request, world) => ok(shown(found(request, world))),
    },
    {
      method: "PUT",
      path: one,
      async answer(request, world) {
        const object = found(request, world);
        await change(row, object, propertiesFrom(request.body, fields), request, world);
        return ok(shown(object));
      },
    },
    {
      method: "DELETE",
      path: one,
      async answer(request, world) {
        await remove(row, found(request, world), request, world);
        return NO_CONTENT;
      },
    },
  ];
}
