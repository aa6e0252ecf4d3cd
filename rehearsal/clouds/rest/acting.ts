import type { Properties } from "../../providers/provider.ts";
import { reveal } from "../../../plan/values.ts";
import { DEFAULTS_KEY } from "../inputs.ts";
import { createObject, deleteObject, type OperationContext } from "../operations.ts";
import { inputsOf } from "../outputs.ts";
import type { ResourceRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import type { World } from "../world.ts";
import type { RestRequest } from "./router.ts";

/** Acting on the world for a request, as the operations of both clouds do. */

/** The context of an operation that a request asks for. */
export function contextOf(request: RestRequest, world: World): OperationContext {
  return { world, configuration: {}, urn: `${request.method} ${request.path}` };
}

/** Creates an object out of inputs that the API accepted: what takes minutes goes on afterwards. */
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

/** The properties of an object that somebody may set, plain. */
export function settingsOf(row: ResourceRow, object: CloudObject): Properties {
  const { [DEFAULTS_KEY]: _, ...inputs } = inputsOf(row, object.properties, undefined);
  return reveal(inputs) as Properties;
}

/** The properties that are set: a key without a value counts as not there. */
export function whatIsSet(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

/** One page of a list that is asked for by `page` and `per_page`. */
export interface NumberedPage<T> {
  readonly number: number;
  /** Items of a page. */
  readonly size: number;
  readonly items: readonly T[];
}

/**
 * The page that a request asks for; the first where it names none, or no number.
 * @param standard items of a page where the request says nothing.
 * @param most more than these no page has. Default: no limit.
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

/** A whole number from 1 in the query; the standard where there is none. */
export function countIn(request: RestRequest, key: string, standard: number): number {
  const given = Number(request.query.get(key) ?? standard);
  return Number.isInteger(given) && given >= 1 ? given : standard;
}
