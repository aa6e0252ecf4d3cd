import type { Properties } from "../providers/provider.ts";
import type { RowSource } from "./sources.ts";
import type { World } from "./world.ts";
import type { CloudObject } from "./cloud-object.ts";

/** What a property holds. `set` is a list without order; `map` has free keys; `any` is not looked into. */
export type PropertyKind =
  "string" | "integer" | "number" | "boolean" | "list" | "set" | "map" | "object" | "any";

/** One property of a resource type: what may be set, and what a change does. */
export interface PropertyRow {
  readonly kind: PropertyKind;
  readonly required?: true;
  /** A change replaces the resource; without it a change is made in place. */
  readonly replaces?: true;
  /** What the provider fills in where nothing is set. */
  readonly default?: unknown;
  /** Left out, the cloud decides; to stop setting it is then no change. */
  readonly computed?: true;
  /**
   * Beside `computed`: a default of the provider's, which it sends where nothing is set. To stop
   * setting it is a change to this.
   */
  readonly removed?: unknown;
  /** Once the state has a value, the provider plans that one: another is no change. */
  readonly kept?: true;
  /** Stands in the state only; nobody can set it. */
  readonly output?: true;
  readonly secret?: true;
  /** The legal values. */
  readonly allowed?: readonly (string | number)[];
  /** Any other rule: a reason to refuse a known value, or undefined. */
  readonly refuse?: (value: unknown) => string | undefined;
  /** A reason for which the API refuses a known value that the provider takes: no preview tells. */
  readonly api?: (value: unknown) => string | undefined;
  /**
   * A reason for which the provider takes a known value and never sends it: it would do nothing.
   */
  readonly unsent?: (value: unknown) => string | undefined;
  /** The properties of an `object`. */
  readonly fields?: Readonly<Record<string, PropertyRow>>;
  /** Each item of a `list`, `set` or `map`. */
  readonly item?: PropertyRow;
}

/** A duration on the real cloud, with the place the number is from. */
export interface RealDuration {
  readonly seconds: number;
  readonly source: string;
}

/** One call of the API is measured in tenths of a second and nobody publishes it; it decides no timeline. */
export const ONE_CALL: RealDuration = {
  seconds: 1,
  source: "assumed: one API call, nothing waited for",
};

/** What an operation is given beside the properties. */
export interface RowContext {
  readonly world: World;
  /** What the provider instance was configured with, plain: another one may have other credentials. */
  readonly configuration: Properties;
}

/** The API's answer to a create. */
export interface CreatedByRow {
  readonly id: string;
  /** Properties that the cloud gives at once. */
  readonly given: Properties;
  /** For what takes minutes: gets it running; answers what is known only then. */
  readonly ready?: () => Promise<Properties>;
}

/** One resource type: the whole of what the simulated cloud knows about it. */
export interface ResourceRow {
  /** The Pulumi token. */
  readonly type: string;
  /** Where this row stands, for the message that asks for more of it. */
  readonly file: string;
  readonly asOf: RowSource;
  /**
   * The id by which `pulumi import` finds it, with properties in braces: often not the one that
   * stands in the state. Null where the provider has no importer.
   */
  readonly importId: string | null;
  /**
   * Properties that the provider reads only where the state has them: of an import it knows none.
   */
  readonly readWhereKnown?: readonly string[];
  /** Set where the provider names what has no name: `<logical>-<7hex>`, at most this long. */
  readonly autonamed?: { readonly maxLength: number };
  readonly properties: Readonly<Record<string, PropertyRow>>;
  readonly seconds: {
    readonly create: RealDuration;
    readonly update: RealDuration;
    readonly delete: RealDuration;
  };
  /** Outputs that keep their value when a preview shows an update. `all` but the changed ones, as Terraform's older SDK plans; or these alone. */
  readonly stableOutputs: "all" | readonly string[];
  /** Keys that force a replacement under a condition that one property alone can't tell. Plain values; unknowns as `UNKNOWN`. */
  readonly replacesWhen?: (olds: Properties, news: Properties) => readonly string[];
  /**
   * A change at a path that the provider takes for none (Terraform's `DiffSuppressFunc`). Plain
   * values.
   */
  readonly suppresses?: (path: string, olds: Properties, news: Properties) => boolean;
  /**
   * Refuses what is planned, in the provider's words: a creation, without `olds`, or a change
   * (Terraform's `CustomizeDiff`). Plain values; unknowns as `UNKNOWN`.
   */
  readonly planFault?: (olds: Properties | undefined, news: Properties) => string | undefined;
  /**
   * Reasons for which the API refuses inputs that the provider takes, beside those of each `api`.
   */
  readonly apiFaults?: (inputs: Properties) => readonly string[];
  /** Refuses inputs that contradict each other: property and reason. */
  readonly contradictions?: (
    inputs: Properties,
  ) => readonly { readonly property: string; readonly reason: string }[];
  /** What a preview of a creation shows where it isn't the inputs as they are. Receives and answers plain or marked values. */
  readonly planned?: (inputs: Properties) => Properties;
  /**
   * A refusal by the provider's own code at a create, after a preview that shows nothing of it.
   * Plain values.
   */
  readonly refusedAtCreate?: (inputs: Properties) => string | undefined;
  /** HTTP statuses at which the provider asks again until its timeout: nothing was done then. */
  readonly retried?: { readonly [operation in "create" | "delete"]?: readonly number[] };
  /**
   * The `customTimeouts` that the provider heeds, each with its default in real seconds. It ignores
   * others: an update of these waits by the create timeout.
   */
  readonly timeouts?: { readonly [operation in "create" | "delete"]?: number };
  /** The provider's words for a create or an update that outlasts its timeout. */
  readonly outlasted?: { readonly [operation in "create" | "update"]?: string };
  /**
   * The provider's answer to a delete of what is gone already: an error, where the row says
   * nothing.
   */
  readonly deleteOf404?: "gone" | "error";
  /**
   * Its delete calls nothing: what was set stays set. The provider's warnings of that, at a create
   * and at a delete.
   */
  readonly forgets?: { readonly [operation in "create" | "delete"]?: string };
  /**
   * The most that the provider polls for what it made, in real seconds, where no timeout of the
   * program decides it.
   */
  readonly pollsSeconds?: number;
  /** Makes it; throws in the API's words. */
  create(inputs: Properties, context: RowContext): Promise<CreatedByRow>;
  /** Changes it in place. Answers what the cloud gives anew. Missing where every property replaces. */
  update?(object: CloudObject, inputs: Properties, context: RowContext): Promise<Properties>;
  delete(object: CloudObject, context: RowContext): Promise<void>;
  /** What the cloud tells at a read, where that is more than what it was told. */
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
  /** Keys of the provider's configuration that it takes. */
  readonly configuration: Readonly<Record<string, PropertyRow>>;
  readonly resources: readonly ResourceRow[];
  readonly functions: readonly FunctionRow[];
}
