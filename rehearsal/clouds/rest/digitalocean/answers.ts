import type { Properties } from "../../../providers/provider.ts";
import { refusal } from "../../digitalocean/api.ts";
import { checkFields, whereOf } from "../../inputs.ts";
import { updateObject } from "../../operations.ts";
import type { Refusal } from "../../refusal.ts";
import type { ResourceRow } from "../../rows.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { contextOf, makeAccepted, pageOf, settingsOf, whatIsSet } from "../acting.ts";
import type { RestAnswer, RestRequest } from "../router.ts";

/** Shared by the groups of DigitalOcean's operations: answers, paging, bodies, changes. */

/** An answer without a body. */
export const NO_CONTENT: RestAnswer = { status: 204 };

/** The answer to a change that the API makes later; it has no body. */
export const ACCEPTED: RestAnswer = { status: 202 };

/** A 200 with this body. */
export function ok(body: Properties): RestAnswer {
  return { status: 200, body };
}

/** A refusal of this request, to be thrown. */
export function refused(request: RestRequest, status: number, message: string): Refusal {
  return refusal("asking over HTTP", request.method, request.path, status, message);
}

/** The 404 of this request, to be thrown. */
export function missing(request: RestRequest): Refusal {
  return refused(request, 404, "The resource you requested could not be found.");
}

/** The object, or a 404. */
export function found(request: RestRequest, world: World, type: string, id: string): CloudObject {
  const object = world.get(type, id);
  if (object === undefined) throw missing(request);
  return object;
}

/**
 * One page of a list, with its `links` and `meta` (digitalocean/openapi
 * `specification/shared/pages.yml`).
 */
export function page(request: RestRequest, key: string, items: readonly unknown[]): RestAnswer {
  const { number, size, items: shown } = pageOf(request, items, 20, 200);
  const last = Math.max(1, Math.ceil(items.length / size));
  const at = (target: number): string => {
    const query = new URLSearchParams(request.query);
    query.set("page", String(target));
    query.set("per_page", String(size));
    return `${request.url}${request.path}?${query.toString()}`;
  };
  const pages = {
    ...(number > 1 && last > 1 ? { first: at(1), prev: at(number - 1) } : {}),
    ...(number < last ? { next: at(number + 1), last: at(last) } : {}),
  };
  return ok({
    [key]: shown,
    links: Object.keys(pages).length === 0 ? {} : { pages },
    meta: { total: items.length },
  });
}

/**
 * Maps a field of the API to a row: the property of its value, or a function that returns
 * properties.
 */
export type FieldMap = Readonly<Record<string, string | ((value: unknown) => Properties)>>;

/**
 * Converts a body to a row's properties. Null counts as unset, and so does the zero that Go's
 * clients send. An empty string removes a property.
 * @throws for a field with a value that has no property here, because it would be lost silently.
 */
export function propertiesFrom(body: Properties, fields: FieldMap): Properties {
  const properties: Properties = {};
  for (const [field, value] of Object.entries(body)) {
    if (value === undefined || value === null) continue;
    const target = fields[field];
    if (target === undefined) {
      if (isZero(value)) continue;
      throw new Error(
        `The rehearsal does not model the field "${field}" here; add it beside the operation.`,
      );
    }
    if (typeof target === "string") properties[target] = value === "" ? undefined : value;
    else Object.assign(properties, target(value));
  }
  return properties;
}

function isZero(value: unknown): boolean {
  return value !== null && typeof value === "object"
    ? Object.values(value).every(isZero)
    : value === null || value === "" || value === 0 || value === false;
}

/** Creates an object as the API does. Work that takes minutes continues after the answer. */
export async function make(
  row: ResourceRow,
  properties: Properties,
  request: RestRequest,
  world: World,
): Promise<CloudObject> {
  return await makeAccepted(row, accepted(row, properties, request), request, world);
}

/**
 * Changes some properties of an object, and keeps the others.
 * @param word the API's word for the object's status during the change.
 */
export async function change(
  row: ResourceRow,
  object: CloudObject,
  properties: Properties,
  request: RestRequest,
  world: World,
  word?: string,
): Promise<void> {
  const inputs = accepted(row, properties, request, settingsOf(row, object));
  const { ready } = await updateObject(row, object, inputs, contextOf(request, world));
  if (word === undefined) return;
  object.changing = word;
  void ready.catch(() => {}).finally(() => delete object.changing);
}

/**
 * All properties that are set; a 422 with every fault in the request's own ones.
 * @param before properties that the object already has, which are not checked again.
 */
function accepted(
  row: ResourceRow,
  properties: Properties,
  request: RestRequest,
  before: Properties = {},
): Properties {
  const inputs = whatIsSet({ ...before, ...properties });
  const faults = checkFields(row.properties, inputs, "", whereOf(row)).filter(
    ({ property }) => property in properties || !(property in before),
  );
  if (faults.length === 0) faults.push(...(row.contradictions?.(inputs) ?? []));
  if (faults.length > 0) throw refused(request, 422, faults.map(({ reason }) => reason).join("; "));
  return inputs;
}
