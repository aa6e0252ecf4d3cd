/**
 * A stack's state as `pulumi stack export` writes it, as far as an update that was cut off is
 * concerned. Secrets in it stay encrypted: nothing here opens or prints one.
 */

/** Properties of a resource. */
export type Properties = Readonly<Record<string, unknown>>;

/**
 * One resource of the state (pulumi/pulumi v3.259.0 `sdk/go/common/apitype/core.go`, ResourceV3).
 */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  /** False for a component: it exists in the state alone. */
  readonly custom?: boolean;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  /** `<urn>::<id>` of its provider. */
  readonly provider?: string;
  readonly dependencies?: readonly string[];
  /** URNs by input. The CLI writes null for an input without any. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  /** URN of a resource whose deletion takes this one along. */
  readonly deletedWith?: string;
  /** Whether the engine refuses to delete or replace it. */
  readonly protect?: boolean;
  /** When it came into the state. */
  readonly created?: string;
  /** It is deleted already, and its successor is still to be made. */
  readonly pendingReplacement?: boolean;
  /** It is still to be deleted: its successor has the same URN. */
  readonly delete?: boolean;
}

/** An operation that had begun when the engine ended. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting`, `reading` or `importing`. */
  readonly type: string;
  readonly resource: StateResource;
}

/** The whole export. */
export interface StackExport {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly PendingOperation[];
  };
}

/**
 * Resources that nobody was deleting when the engine ended. Of the others a 404 is to be expected:
 * it proves neither an outage nor another account's token.
 */
export function standing({ deployment }: StackExport): readonly StateResource[] {
  const { resources = [], pending_operations: pending = [] } = deployment;
  const deleting = new Set(
    pending.filter(({ type }) => type === "deleting").map(({ resource }) => resource.urn),
  );
  return resources.filter(({ urn }) => !deleting.has(urn));
}

/**
 * Whether a resource stands at its place. It does not while it waits to be deleted, nor when it is
 * deleted already and its successor is still to be made.
 */
export function isInPlace({ pendingReplacement, delete: leaves }: StateResource): boolean {
  return pendingReplacement !== true && leaves !== true;
}

/** Reads an export. @throws if it is none, in a sentence. */
export function readExport(text: string): StackExport {
  try {
    const parsed = JSON.parse(text) as StackExport;
    if (typeof parsed.deployment === "object") return parsed;
  } catch {
    // The sentence below says it, without a word of the text.
  }
  throw new Error(
    "`pulumi stack export` did not answer a state; nothing was changed. Run it by hand to see why.",
  );
}

/** Signatures of a secret in a state (pulumi/pulumi `sdk/go/common/resource/sig/sig.go`). */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A secret for a state that `pulumi stack import` is given: it is stored encrypted. */
export function secretInState(value: unknown): Properties {
  return { ...SECRET, plaintext: JSON.stringify(value) };
}

/** The last part of a URN: a resource's name in the program. */
export function nameOf({ urn }: Pick<StateResource, "urn">): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** A resource that a cut-off create made, and the id under which the state takes it. */
export interface Adoption {
  readonly operation: PendingOperation;
  readonly id: string;
  /** Whether its type has no importer, so that the provider must read it as one it knows. */
  readonly known: boolean;
  /** Whether it replaces the state's resource of the same URN, which the next update deletes. */
  readonly replaces: boolean;
}

/**
 * The state after recovery: adopted resources are in it, and no operation is pending.
 *
 * The next refresh imports a resource without outputs, so its id is the import id. The provider
 * returns its own id. Empty properties are an import: pulumi/pulumi-terraform-bridge
 * `pkg/tfbridge/provider.go` Read and `pkg/pf/tfbridge/provider_read.go`. A type without an
 * importer gets its inputs as outputs and is read as a known resource.
 */
export function withAdopted(
  before: StackExport,
  adoptions: readonly Adoption[],
  now: Date,
): StackExport {
  const time = now.toISOString();
  const adopted = new Map(
    adoptions.map(({ operation: { resource }, id, known }) => [
      resource.urn,
      {
        ...resource,
        id,
        outputs: known ? (resource.inputs ?? {}) : {},
        created: time,
        modified: time,
      },
    ]),
  );
  const { resources = [] } = before.deployment;
  const replacing = new Set(
    adoptions.filter(({ replaces }) => replaces).map(({ operation }) => operation.resource.urn),
  );
  const inPlace = resources.flatMap((resource) => {
    const { urn } = resource;
    const successor = adopted.get(urn);
    const replaced = resource.delete !== true && replacing.has(urn);
    if (successor === undefined || (resource.pendingReplacement !== true && !replaced))
      return [resource];
    adopted.delete(urn);
    // As the engine leaves a replacement whose old resource it has not come to delete.
    return replaced ? [successor, { ...resource, delete: true }] : [successor];
  });
  // Last: its dependencies were created before it, and nothing depends on it yet.
  return {
    ...before,
    deployment: {
      ...before.deployment,
      resources: [...inPlace, ...adopted.values()],
      pending_operations: [],
    },
  };
}
