import type { Properties } from "../../providers/provider.ts";
import { reveal } from "../../../plan/values.ts";
import { DEFAULTS_KEY } from "../inputs.ts";
import { createObject, deleteObject, type OperationContext } from "../operations.ts";
import { inputsOf } from "../outputs.ts";
import type { ResourceRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import type { World } from "../world.ts";
import type { RestRequest } from "./router.ts";

/** Applies requests to the world, for the operations of both clouds. */

/** Context of an operation for a request. */
export function contextOf(request: RestRequest, world: World): OperationContext {
  return { world, configuration: {}, urn: `${request.method} ${request.path}` };
}

/** Creates an object from accepted inputs. Work that takes minutes continues afterwards. */
export async function makeAccepted(
  row: ResourceRow,
  inputs: Properties,
  request: RestRequest,
  world: World,
): Promise<CloudObject> {
  return (await createObject(row, inputs, contextOf(request, world))).object;
}

/** Deletes an object. */
export async function remove(
  row: ResourceRow,
  object: CloudObject,
  request: RestRequest,
  world: World,
): Promise<void> {
  await deleteObject(row, object, contextOf(request, world));
}

/** Properties of an object that can be set, plain. */
export function settingsOf(row: ResourceRow, object: CloudObject): Properties {
  const { [DEFAULTS_KEY]: _, ...inputs } = inputsOf(row, object.properties, undefined);
  return reveal(inputs) as Properties;
}

/** Properties with a value: a key without a value counts as absent. */
export function whatIsSet(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

/** One page of a list with `page` and `per_page`. */
export interface NumberedPage<T> {
  readonly number: number;
  /** Number of items on a page. */
  readonly size: number;
  readonly items: readonly T[];
}

/**
 * The requested page; the first if the request names none, or no number.
 * @param standard default number of items on a page.
 * @param most maximum number of items on a page. Default: no limit.
 */
export function pageOf<T>(
  request: RestRequest,
  all: readonly T[],
  standard: number,
  most = Infinity,
): NumberedPage<T> {
  const size = Math.min(countIn(request, "per_page", standard), most);
  const number = countIn(request, "page", 1);
  return { number, size, items: all.slice((number - 1) * size, number * size) };
}

/** A whole number from 1 in the query; the default if there is none. */
export function countIn(request: RestRequest, key: string, standard: number): number {
  const given = Number(request.query.get(key) ?? standard);
  return Number.isInteger(given) && given >= 1 ? given : standard;
}
