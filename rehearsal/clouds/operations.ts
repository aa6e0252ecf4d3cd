import { ONE_CALL } from "../../facts/durations.ts";
import type { Properties } from "../providers/provider.ts";
import type { ResourceRow, RowContext } from "./rows.ts";
import type { CloudObject } from "./cloud-object.ts";

/** Arguments of an operation in addition to the properties. */
export interface OperationContext extends RowContext {
  /**
   * Name of the operation in the clock's records: the URN of the resource, or the request of an
   * API's client.
   */
  readonly urn: string;
}

/** An accepted request whose work continues in the cloud. */
export interface Started {
  /** Settles when it is done. It may be ignored: after a failure the object stays as it is. */
  readonly ready: Promise<void>;
}

/**
 * A create as the API does it: refuses, or adds the object to the world and returns. The object
 * runs when `ready` settles. If the client stops waiting, the object stays, as on the real cloud.
 */
export async function createObject(
  row: ResourceRow,
  inputs: Properties,
  context: OperationContext,
): Promise<Started & { readonly object: CloudObject }> {
  const startedAt = Date.now();
  const { id, given, ready } = await row.create(inputs, context);
  const object: CloudObject = {
    type: row.type,
    id,
    properties: { ...defaultsOf(row), ...inputs, ...given },
  };
  context.world.put(object);
  const running = timed(row, "create", context, startedAt, async () => {
    if (ready !== undefined) object.properties = { ...object.properties, ...(await ready()) };
  }).then(() => {
    delete object.creating;
  });
  if (ready !== undefined) object.creating = running;
  return { object, ready: heeded(running) };
}

/**
 * An update in place as the API does it: refuses, or changes the object and returns; `ready` as for
 * a create.
 */
export async function updateObject(
  row: ResourceRow,
  object: CloudObject,
  inputs: Properties,
  context: OperationContext,
): Promise<Started> {
  if (row.update === undefined)
    throw new Error(
      `${row.type} can't be changed in place, yet an update was asked for; ${row.file} lacks a "replaces".`,
    );
  await made(object);
  const startedAt = Date.now();
  const waits = row.waits?.(object.properties, inputs) ?? true;
  const given = await row.update(object, inputs, context);
  object.properties = {
    ...keptOutputs(row, object.properties),
    ...defaultsOf(row),
    ...inputs,
    ...given,
  };
  return {
    ready: heeded(timed(waits ? row : atOnce(row), "update", context, startedAt, async () => {})),
  };
}

/** A delete as the API does it: refuses, or removes the object from the world. */
export async function deleteObject(
  row: ResourceRow,
  object: CloudObject,
  context: OperationContext,
): Promise<void> {
  await made(object);
  const startedAt = Date.now();
  await row.delete(object, context);
  context.world.remove(object);
  await timed(row, "delete", context, startedAt, async () => {});
}

/** The row of an update that nobody waits for. */
function atOnce(row: ResourceRow): ResourceRow {
  return { ...row, seconds: { ...row.seconds, update: ONE_CALL } };
}

/** Duration of an operation, in real seconds: from its row, or from an incident that slows it. */
export function secondsOf(
  row: ResourceRow,
  operation: "create" | "update" | "delete",
  { world }: RowContext,
): number {
  return world.slowed.get(`${operation} ${row.type}`) ?? row.seconds[operation].seconds;
}

async function timed(
  row: ResourceRow,
  operation: "create" | "update" | "delete",
  context: OperationContext,
  startedAt: number,
  work: () => Promise<void>,
): Promise<void> {
  const { type } = row;
  const { source } = row.seconds[operation];
  const realSeconds = secondsOf(row, operation, context);
  const { urn, world } = context;
  await world.clock.run({ urn, type, operation, realSeconds, source }, work, startedAt);
}

/** Waits for an object that is still being created; a real API refuses or queues the request. */
async function made(object: CloudObject): Promise<void> {
  await object.creating?.catch(() => {});
}

/** The same promise, whose failure may be ignored. */
function heeded(running: Promise<void>): Promise<void> {
  running.catch(() => {});
  return running;
}

/** Outputs that the cloud gave earlier and keeps, if the program does not set them. */
function keptOutputs(row: ResourceRow, properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([key]) => {
      const property = row.properties[key];
      return property?.output === true || property?.computed === true;
    }),
  );
}

/**
 * Defaults that the provider sends for unset inputs. Those that are zero do not appear in the
 * inputs.
 */
function defaultsOf(row: ResourceRow): Properties {
  return Object.fromEntries(
    Object.entries(row.properties)
      .filter(([, property]) => property.default !== undefined)
      .map(([key, property]) => [key, property.default]),
  );
}
