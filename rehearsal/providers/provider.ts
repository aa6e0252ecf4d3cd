/**
 * What a provider of the rehearsal is to the engine, free of gRPC: the server in `server.ts` speaks
 * the protocol once for all of them. The words are those of Pulumi's provider protocol
 * (https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/provider.html).
 */

/**
 * A resource's or provider's properties. Values are plain JSON, or `Secret`, or `UNKNOWN` (see
 * `values.ts`).
 */
export type Properties = Record<string, unknown>;

/**
 * Why an input is refused: `property` is the top-level input key, `reason` a sentence for the
 * operator.
 */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** The answer to Check: the inputs to go on with (defaults filled in), or why not. */
export interface CheckResult {
  readonly inputs: Properties;
  readonly failures: readonly CheckFailure[];
}

/**
 * How one property path changes. The `-replace` forms say that this change is why the resource is
 * replaced.
 */
export type DiffKind =
  "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/**
 * The answer to Diff. `detailed` is keyed by property path in Pulumi's syntax (`spec.replicas`,
 * `rules[0].ref`).
 */
export interface DiffResult {
  readonly changes: boolean;
  /** Top-level property keys that force a replacement; empty means update in place. */
  readonly replaces: readonly string[];
  /** Delete the old one before its successor is created: when both can't exist at once. */
  readonly deleteBeforeReplace: boolean;
  readonly detailed: Readonly<Record<string, DiffKind>>;
}

/**
 * What names a resource in every call. `type` is the Pulumi token, `name` the logical name out of
 * the URN.
 */
export interface ResourceRef {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** A resource as the provider left it: its id and its outputs. */
export interface ResourceState {
  readonly id: string;
  readonly outputs: Properties;
}

/** Shows a warning about a resource to whoever runs the engine. */
export type Warn = (urn: string, message: string) => Promise<void>;

/**
 * A provider attached to the engine. Every method may throw an `Error`; its message reaches the
 * operator as it is. Inputs arrive with secrets wrapped (`Secret`) and, in previews, unknowns as
 * `UNKNOWN`.
 */
export interface AttachedProvider {
  /** The package name: `digitalocean`, `cloudflare`. */
  readonly name: string;
  /** The version it models, as the npm package in the lockfile has it: the engine compares it. */
  readonly version: string;
  checkConfig(news: Properties): Promise<CheckResult>;
  diffConfig(
    olds: Properties,
    news: Properties,
    ignoreChanges: readonly string[],
  ): Promise<DiffResult>;
  /**
   * Answers a provider instance for this configuration: explicit and default providers each get
   * their own.
   * @param warn where it shows warnings; without one it shows none.
   */
  configure(config: Properties, warn?: Warn): Promise<ConfiguredProvider>;
}

/** One configured instance. Stateless beside its configuration: the world is behind it. */
export interface ConfiguredProvider {
  check(
    ref: ResourceRef,
    olds: Properties | undefined,
    news: Properties,
    randomSeed: Uint8Array,
  ): Promise<CheckResult>;
  diff(
    ref: ResourceRef,
    id: string,
    old: { readonly inputs: Properties; readonly outputs: Properties },
    news: Properties,
    ignoreChanges: readonly string[],
  ): Promise<DiffResult>;
  create(
    ref: ResourceRef,
    inputs: Properties,
    options: { readonly preview: boolean; readonly timeoutSeconds: number },
  ): Promise<ResourceState>;
  /** `undefined`: it is gone. `inputs` is undefined on an import. */
  read(
    ref: ResourceRef,
    id: string,
    state: { readonly inputs: Properties | undefined; readonly outputs: Properties },
  ): Promise<(ResourceState & { readonly inputs: Properties }) | undefined>;
  update(
    ref: ResourceRef,
    id: string,
    old: { readonly inputs: Properties; readonly outputs: Properties },
    news: Properties,
    options: {
      readonly preview: boolean;
      readonly timeoutSeconds: number;
      readonly ignoreChanges: readonly string[];
    },
  ): Promise<Properties>;
  delete(
    ref: ResourceRef,
    id: string,
    state: { readonly inputs: Properties; readonly outputs: Properties },
    timeoutSeconds: number,
  ): Promise<void>;
  invoke(token: string, args: Properties): Promise<Properties>;
}
