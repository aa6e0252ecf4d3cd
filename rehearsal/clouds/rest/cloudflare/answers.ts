import type { Properties } from "../../../providers/provider.ts";
import { refusal } from "../../cloudflare/api.ts";
import { checkFields, whereOf } from "../../inputs.ts";
import { updateObject } from "../../operations.ts";
import type { Refusal } from "../../refusal.ts";
import type { ResourceRow } from "../../rows.ts";
import type { CloudObject } from "../../cloud-object.ts";
import { sentInputs } from "../../sent.ts";
import type { World } from "../../world.ts";
import { contextOf, countIn, makeAccepted, pageOf, settingsOf, whatIsSet } from "../acting.ts";
import type { RestAnswer, RestRequest } from "../router.ts";

/** Shared by the groups of Cloudflare's operations: the envelope, paging, changes. */

/** The envelope around a result. */
export function ok(result: unknown, more: Properties = {}): RestAnswer {
  return { status: 200, body: { success: true, errors: [], messages: [], result, ...more } };
}

/** A refusal of this request, to be thrown. */
export function refused(
  request: RestRequest,
  status: 400 | 401 | 403 | 404 | 409,
  code: number,
  message: string,
): Refusal {
  return refusal(request.method, request.path, status, code, message);
}

/** An existing object, or the API's 404 with this number and message. */
export function found(
  request: RestRequest,
  object: CloudObject | undefined,
  code: number,
  message: string,
): CloudObject {
  if (object === undefined) throw refused(request, 404, code, message);
  return object;
}

/**
 * The object in the path, if it belongs to the account or zone in the path; undefined otherwise.
 */
export function named(
  request: RestRequest,
  world: World,
  type: string,
  key: string,
  owner: "accountId" | "zoneId",
): CloudObject | undefined {
  const object = world.get(type, inPath(request, key));
  const ownerKey = owner === "accountId" ? "account_id" : "zone_id";
  return object?.properties[owner] === inPath(request, ownerKey) ? object : undefined;
}

/** A value of the path. */
export function inPath(request: RestRequest, key: string): string {
  const value = request.parameters[key];
  if (value === undefined) throw new Error(`The path of this operation has no {${key}}.`);
  return value;
}

/** One page of a list by its number (`V4PagePaginationArray` of npm `cloudflare` 7.3.0). */
export function page(request: RestRequest, items: readonly unknown[], standard = 20): RestAnswer {
  const { number, size, items: result } = pageOf(request, items, standard);
  return ok(result, {
    result_info: {
      page: number,
      per_page: size,
      count: result.length,
      total_count: items.length,
      total_pages: Math.ceil(items.length / size),
    },
  });
}

/**
 * One page of a list by a cursor, which the last page does not have (`CursorPagination`, same
 * place).
 */
export function cursorPage<T>(
  request: RestRequest,
  items: readonly T[],
  standard: number,
): { readonly page: readonly T[]; readonly info: Properties } {
  const size = countIn(request, "per_page", standard);
  const given = request.query.get("cursor");
  const start = given === null ? 0 : Number(Buffer.from(given, "base64url").toString());
  if (!Number.isInteger(start)) throw refused(request, 400, 1001, "the cursor is not one of ours");
  const end = start + size;
  const next = end < items.length ? { cursor: Buffer.from(String(end)).toString("base64url") } : {};
  return { page: items.slice(start, end), info: { result_info: { per_page: size, ...next } } };
}

/** Creates an object as the API does. */
export async function make(
  row: ResourceRow,
  properties: Properties,
  request: RestRequest,
  world: World,
): Promise<CloudObject> {
  return await makeAccepted(row, accepted(row, properties, request), request, world);
}

/** Replaces all settings of an object (PUT). */
export async function replace(
  row: ResourceRow,
  object: CloudObject,
  properties: Properties,
  request: RestRequest,
  world: World,
): Promise<void> {
  await updateObject(row, object, accepted(row, properties, request), contextOf(request, world));
}

/** Changes some settings of an object, and keeps the others (PATCH). */
export async function change(
  row: ResourceRow,
  object: CloudObject,
  properties: Properties,
  request: RestRequest,
  world: World,
): Promise<void> {
  await replace(row, object, { ...settingsOf(row, object), ...properties }, request, world);
}

/** Creates the one object of its kind that a zone or a bucket has, or replaces its settings. */
export async function put(
  row: ResourceRow,
  object: CloudObject | undefined,
  properties: Properties,
  request: RestRequest,
  world: World,
): Promise<CloudObject> {
  if (object === undefined) return await make(row, properties, request, world);
  await replace(row, object, properties, request, world);
  return object;
}

/**
 * Adds default values: the API's are the provider's.
 * @throws a 400 with every fault; its number is invented.
 */
function accepted(row: ResourceRow, properties: Properties, request: RestRequest): Properties {
  const inputs = sentInputs(row, whatIsSet(properties), {});
  const faults = checkFields(row.properties, inputs, "", whereOf(row));
  if (faults.length > 0)
    throw refused(request, 400, 1001, faults.map(({ reason }) => reason).join("; "));
  return inputs;
}
