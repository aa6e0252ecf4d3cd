import type { Properties } from "../providers/provider.ts";
import type { ResourceRow, RowContext } from "./rows.ts";
import type { CloudObject } from "./cloud-object.ts";

/** Beside the properties, all that an operation is given. */
export interface OperationContext extends RowContext {
  /**
   * Under which the clock records it: the URN of the resource, or the request of an API's client.
   */
  readonly urn: string;
}

/** Something that was asked for and answered, and goes on in the cloud. */
export interface Started {
  /** Settles when it is done. May be left alone: a failure then leaves the object as it is. */
  readonly ready: Promise<void>;
}

/**
 * A create as the API does it: refuses, or puts the object into the world and answers. It runs when
 * `ready` settles. Whoever stops waiting leaves it there, as for real.
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
 * An update in place, as the API does it: refuses, or changes the object and answers; `ready` as at
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
  const given = await row.update(object, inputs, context);
  object.properties = {
    ...keptOutputs(row, object.properties),
    ...defaultsOf(row),
    ...inputs,
    ...given,
  };
  return { ready: heeded(timed(row, "update", context, startedAt, async () => {})) };
}

/** A delete, as the API does it; refuses, or takes the object out of the world. */
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

/** The length of an operation, in real seconds: as its row says, or as a mishap has it. */
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

/** Nothing is done to what is still being made; a real API refuses or queues it. */
async function made(object: CloudObject): Promise<void> {
  await object.creating?.catch(() => {});
}

/** The same promise, whose failure nobody has to wait for. */
function heeded(running: Promise<void>): Promise<void> {
  running.catch(() => {});
  return running;
}

/** Outputs that the cloud gave earlier and keeps, where the program says nothing about them. */
function keptOutputs(row: ResourceRow, properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([key]) => {
      const property = row.properties[key];
      return property?.output === true || property?.computed === true;
    }),
  );
}

/**
 * Defaults that the provider sends where nothing is set; of those that are zero the inputs say
 * nothing.
 */
function defaultsOf(row: ResourceRow): Properties {
  return Object.fromEntries(
    Object.entries(row.properties)
      .filter(([, property]) => property.default !== undefined)
      .map(([key, property]) => [key, property.default]),
  );
}
