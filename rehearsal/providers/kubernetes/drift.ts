import { isDeepStrictEqual } from "node:util";
import type { LiveObject } from "./client.ts";

/**
 * The inputs as they would have to be for the live object to be right: where what the server would make of them (`wanted`, a dry
 * run) differs from what is there (`live`), the live value stands. So a refresh shows what somebody changed by hand, and nothing that the
 * server only writes differently ("0.5" and "500m"). Pure.
 */
export function inputsAsFound(inputs: unknown, live: unknown, wanted: unknown): unknown {
  if (isDeepStrictEqual(live, wanted)) return inputs;
  if (isObject(inputs) && isObject(live) && isObject(wanted))
    return Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [
        key,
        // A key that the server keeps elsewhere (a Secret's stringData) can't be compared here.
        key in live || key in wanted ? inputsAsFound(value, live[key], wanted[key]) : value,
      ]),
    );
  if (
    Array.isArray(inputs) &&
    Array.isArray(live) &&
    Array.isArray(wanted) &&
    inputs.length === live.length &&
    live.length === wanted.length
  )
    return inputs.map((item, i) => inputsAsFound(item, live[i], wanted[i]));
  return live;
}

/** What of a live object its owner decides: without what the server and controllers write on their own. */
export function decided(object: LiveObject): Record<string, unknown> {
  const { metadata, ...rest } = object;
  const { annotations, labels, name, namespace } = metadata ?? {};
  const copy = JSON.parse(
    JSON.stringify({ ...rest, metadata: { annotations, labels, name, namespace } }),
  ) as Record<string, unknown>;
  delete copy["status"];
  return copy;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
