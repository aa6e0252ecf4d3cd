/**
 * Interface of the rehearsal's providers, without gRPC: the server in `server.ts` implements the
 * protocol once for all of them. The terms are those of Pulumi's provider protocol
 * (https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/provider.html).
 */

/**
 * Properties of a resource or provider. Values are plain JSON, or `Secret`, or `UNKNOWN` (see
 * `values.ts`).
 */
export type Properties = Record<string, unknown>;

/** A refused input: `property` is the top-level input key, `reason` a sentence for the operator. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Result of Check: the inputs with defaults, or the failures. */
export interface CheckResult {
  readonly inputs: Properties;
  readonly failures: readonly CheckFailure[];
}

/**
 * Kind of change of a property path. The `-replace` forms mean that this change replaces the
 * resource.
 */
export type DiffKind =
  "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/**
 * Result of Diff. `detailed` is keyed by property path in Pulumi's syntax (`spec.replicas`,
 * `rules[0].ref`).
 */
export interface DiffResult {
  readonly changes: boolean;
  /** Top-level property keys that force a replacement; empty means update in place. */
  readonly replaces: readonly string[];
  /**
   * Delete the old resource before its replacement is created, because both can't exist at the same
   * time.
   */
  readonly deleteBeforeReplace: boolean;
  readonly detailed: Readonly<Record<string, DiffKind>>;
}

/**
 * Identity of a resource in every call. `type` is the Pulumi token, `name` the logical name in the
 * URN.
 */
export interface ResourceRef {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** A resource as the provider returned it: its id and its outputs. */
export interface ResourceState {
  readonly id: string;
  readonly outputs: Properties;
}

/** Shows a warning about a resource to the operator. */
export type Warn = (urn: string, message: string) => Promise<void>;

/**
 * A provider attached to the engine. Every method may throw an `Error`, whose message the operator
 * sees unchanged. Secrets in inputs are wrapped (`Secret`); in previews unknown values are
 * `UNKNOWN`.
 */
export interface AttachedProvider {
  /** The package name: `digitalocean`, `cloudflare`. */
  readonly name: string;
  /** The version that it simulates, from the lockfile's npm package: the engine compares it. */
  readonly version: string;
  checkConfig(news: Properties): Promise<CheckResult>;
  diffConfig(
    olds: Properties,
    news: Properties,
    ignoreChanges: readonly string[],
  ): Promise<DiffResult>;
  /**
   * Returns a provider instance for this configuration. Explicit and default providers each have
   * their own.
   * @param warn shows warnings. If unset, there are none.
   */
  configure(config: Properties, warn?: Warn): Promise<ConfiguredProvider>;
}

/** One configured instance. Its only state is its configuration; resources are in the world. */
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
  /** Returns `undefined` if it does not exist. `inputs` is undefined for an import. */
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
