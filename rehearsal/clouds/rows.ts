import type { RealDuration } from "../../facts/durations.ts";
import type { Properties } from "../providers/provider.ts";
import type { RowSource } from "./sources.ts";
import type { World } from "./world.ts";
import type { CloudObject } from "./cloud-object.ts";

/** Type of a property. `set` is a list without order, `map` has free keys, `any` is not checked. */
export type PropertyKind =
  "string" | "integer" | "number" | "boolean" | "list" | "set" | "map" | "object" | "any";

/** One property of a resource type: its values, and the effect of a change. */
export interface PropertyRow {
  readonly kind: PropertyKind;
  readonly required?: true;
  /** A change replaces the resource. If unset, a change is made in place. */
  readonly replaces?: true;
  /** Value that the provider uses for an unset property. */
  readonly default?: unknown;
  /**
   * If the property is unset, the cloud decides. Then removing it from the program is no change.
   */
  readonly computed?: true;
  /**
   * In addition to `computed`: a default that the provider sends for an unset property. Removing
   * the property from the program is a change to this value.
   */
  readonly removed?: unknown;
  /** Once the state has a value, the provider plans that one, so another value is no change. */
  readonly kept?: true;
  /** Only in the state; it can't be set. */
  readonly output?: true;
  readonly secret?: true;
  /** Allowed values. */
  readonly allowed?: readonly (string | number)[];
  /** Any other rule: a reason to refuse a known value, or undefined. */
  readonly refuse?: (value: unknown) => string | undefined;
  /**
   * A reason for which the API refuses a known value that the provider accepts. No preview shows
   * it.
   */
  readonly api?: (value: unknown) => string | undefined;
  /**
   * A reason for which the provider accepts a known value and never sends it, so that it has no
   * effect.
   */
  readonly unsent?: (value: unknown) => string | undefined;
  /** The properties of an `object`. */
  readonly fields?: Readonly<Record<string, PropertyRow>>;
  /** Each item of a `list`, `set` or `map`. */
  readonly item?: PropertyRow;
}

/** Arguments of an operation in addition to the properties. */
export interface RowContext {
  readonly world: World;
  /** Configuration of the provider instance, plain. Another instance may have other credentials. */
  readonly configuration: Properties;
}

/** The API's answer to a create. */
export interface CreatedByRow {
  readonly id: string;
  /** Properties that the cloud returns at once. */
  readonly given: Properties;
  /**
   * For a create that takes minutes: starts it, and returns the properties that are known only
   * then.
   */
  readonly ready?: () => Promise<Properties>;
}

/** One resource type: everything that the simulated cloud knows about it. */
export interface ResourceRow {
  /** The Pulumi token. */
  readonly type: string;
  /** Path of the row's file, for the message that asks for an addition. */
  readonly file: string;
  readonly asOf: RowSource;
  /**
   * The id for `pulumi import`, with properties in braces. It often differs from the id in the
   * state. Null if the provider has no importer.
   */
  readonly importId: string | null;
  /** Properties that the provider reads only if the state has them. An import has none of them. */
  readonly readWhereKnown?: readonly string[];
  /** If set, the provider generates a missing name: `<logical>-<7hex>`, at most this long. */
  readonly autonamed?: { readonly maxLength: number };
  readonly properties: Readonly<Record<string, PropertyRow>>;
  /**
   * Whether the provider waits for an update from these properties to those; else it is one call.
   * Default: it always waits.
   */
  readonly waits?: (before: Properties, after: Properties) => boolean;
  readonly seconds: {
    readonly create: RealDuration;
    readonly update: RealDuration;
    readonly delete: RealDuration;
  };
  /**
   * Outputs that keep their value when a preview shows an update. `all` except the changed ones, as
   * Terraform's older SDK plans; or only these.
   */
  readonly stableOutputs: "all" | readonly string[];
  /**
   * Keys that force a replacement under a condition that involves other properties. Plain values;
   * unknowns as `UNKNOWN`.
   */
  readonly replacesWhen?: (olds: Properties, news: Properties) => readonly string[];
  /**
   * Whether the provider ignores a change at a path (Terraform's `DiffSuppressFunc`). Plain values.
   */
  readonly suppresses?: (path: string, olds: Properties, news: Properties) => boolean;
  /**
   * Refuses a plan with the provider's message: a creation, without `olds`, or a change
   * (Terraform's `CustomizeDiff`). Plain values; unknowns as `UNKNOWN`.
   */
  readonly planFault?: (olds: Properties | undefined, news: Properties) => string | undefined;
  /**
   * Reasons for which the API refuses inputs that the provider accepts, in addition to each `api`.
   */
  readonly apiFaults?: (inputs: Properties) => readonly string[];
  /** Refuses inputs that contradict each other: property and reason. */
  readonly contradictions?: (
    inputs: Properties,
  ) => readonly { readonly property: string; readonly reason: string }[];
  /**
   * Values in the preview of a creation, if they differ from the inputs. Receives and returns plain
   * or marked values.
   */
  readonly planned?: (inputs: Properties) => Properties;
  /** A refusal by the provider's own code at a create, which no preview shows. Plain values. */
  readonly refusedAtCreate?: (inputs: Properties) => string | undefined;
  /**
   * HTTP status codes after which the provider retries until its timeout. Nothing was done then.
   */
  readonly retried?: { readonly [operation in "create" | "delete"]?: readonly number[] };
  /**
   * The `customTimeouts` that the provider uses, each with its default in real seconds. It ignores
   * others: an update of these types uses the create timeout.
   */
  readonly timeouts?: { readonly [operation in "create" | "delete"]?: number };
  /** The provider's message for a create or an update that exceeds its timeout. */
  readonly outlasted?: { readonly [operation in "create" | "update"]?: string };
  /** The provider's result of deleting a missing object. Default: an error. */
  readonly deleteOf404?: "gone" | "error";
  /**
   * The delete sends no request, so the settings stay. These are the provider's warnings about
   * that, at a create and at a delete.
   */
  readonly forgets?: { readonly [operation in "create" | "delete"]?: string };
  /** Longest polling after a create, in real seconds, if no timeout of the program applies. */
  readonly pollsSeconds?: number;
  /** Creates the object. Throws with the API's message. */
  create(inputs: Properties, context: RowContext): Promise<CreatedByRow>;
  /**
   * Changes it in place. Returns the properties that the cloud sets again. Unset if every property
   * replaces.
   */
  update?(object: CloudObject, inputs: Properties, context: RowContext): Promise<Properties>;
  delete(object: CloudObject, context: RowContext): Promise<void>;
  /** Properties that the cloud returns at a read, if they are more than it was given. */
  read?(object: CloudObject, context: RowContext): Properties;
}

/** One function of a provider (`getX`). */
export interface FunctionRow {
  readonly token: string;
  readonly file: string;
  readonly arguments: Readonly<Record<string, PropertyRow>>;
  call(args: Properties, world: World): Promise<Properties>;
}

/** Everything of one provider. */
export interface ProviderRows {
  readonly name: string;
  /** Configuration keys that the provider accepts. */
  readonly configuration: Readonly<Record<string, PropertyRow>>;
  readonly resources: readonly ResourceRow[];
  readonly functions: readonly FunctionRow[];
}
