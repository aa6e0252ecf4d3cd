/**
 * Values between the engine and a provider: plain JSON, with secrets and unknowns. On the wire both
 * are marked by signatures (pulumi/pulumi `sdk/go/common/resource/properties.go`). Here they are
 * types, so that a provider can't mistake a mark for a value.
 */

/** A value that the engine doesn't know yet (previews). */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A value that stays encrypted in state and masked in output. Printing it shows no value. */
export class Secret {
  readonly #value: unknown;
  constructor(value: unknown) {
    this.#value = value;
  }
  /** The value itself. */
  reveal(): unknown {
    return this.#value;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** Every type of value has its own placeholder on the wire (`UnknownBoolValue`…). */
const UNKNOWN_PLACEHOLDERS: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);
const UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Converts from the wire's JSON form. */
export function fromWire(value: unknown): unknown {
  if (typeof value === "string") return UNKNOWN_PLACEHOLDERS.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(fromWire);
  if (value === null || typeof value !== "object") return value;
  const object = value as Record<string, unknown>;
  switch (object[SIGNATURE]) {
    case SECRET_SIGNATURE:
      return new Secret(fromWire(object["value"]));
    case OUTPUT_SIGNATURE: {
      const inner = "value" in object ? fromWire(object["value"]) : UNKNOWN;
      return object["secret"] === true ? new Secret(inner) : inner;
    }
    default:
      return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, fromWire(v)]));
  }
}

/** Converts to the wire's form. Undefined properties are omitted, as in JSON. */
export function toWire(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_ON_THE_WIRE;
  if (value instanceof Secret)
    return { [SIGNATURE]: SECRET_SIGNATURE, value: toWire(value.reveal()) };
  if (Array.isArray(value)) return value.map(toWire);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => [k, toWire(v)]),
  );
}

/** The value with every `Secret` opened, at any depth. Unknowns stay. */
export function reveal(value: unknown): unknown {
  if (value instanceof Secret) return reveal(value.reveal());
  if (Array.isArray(value)) return value.map(reveal);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, reveal(v)]));
}

/** Whether the value is, or contains, something unknown. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return hasUnknown(value.reveal());
  if (Array.isArray(value)) return value.some(hasUnknown);
  return value !== null && typeof value === "object" && Object.values(value).some(hasUnknown);
}

/** Whether the value is, or contains, a secret. */
export function hasSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return value !== null && typeof value === "object" && Object.values(value).some(hasSecret);
}
