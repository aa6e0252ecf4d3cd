import type { StackExport, StateResource } from "../recover/state.ts";

/** Copies of a state, and whether each is whole. */

/** The stack that a copy must belong to. */
export interface Whose {
  readonly project: string;
  readonly stack: string;
  /** Salt or key that encrypts the stack file's secrets. Undefined: it has none yet. */
  readonly encryption: string | undefined;
}

/** A copy that can replace the state. */
export interface WholeCopy {
  readonly export: StackExport;
  /** Time of writing, from the engine's manifest. */
  readonly time: string;
  readonly resources: number;
}

/** A copy, or its fault. */
export type Judged =
  | { readonly word: "whole"; readonly copy: WholeCopy }
  | { readonly word: "damaged"; readonly why: string }
  | { readonly word: "foreign"; readonly why: string };

/** Text of a state: a file of the backend, or the output of `pulumi stack export`. */
interface StateFile {
  readonly version?: number;
  readonly deployment?: Deployment;
  readonly checkpoint?: { readonly latest?: Deployment };
}

type Deployment = StackExport["deployment"] & {
  readonly manifest?: { readonly time?: string };
  readonly secrets_providers?: { readonly type?: string; readonly state?: unknown };
};

/** Reads and checks a copy as `pulumi stack import` does, before anything is written. */
export function judged(text: string, whose: Whose): Judged {
  if (text.trim() === "") return { word: "damaged", why: "it is empty" };
  let file: StateFile;
  try {
    file = JSON.parse(text) as StateFile;
  } catch {
    return { word: "damaged", why: `it is cut, or no JSON, after ${text.length} characters` };
  }
  const deployment = file.deployment ?? file.checkpoint?.latest;
  if (deployment === undefined || typeof deployment !== "object")
    return { word: "damaged", why: "it holds no state" };
  const resources = deployment.resources ?? [];
  const foreign = foreignIn(resources, deployment, whose);
  if (foreign !== undefined) return { word: "foreign", why: foreign };
  const fault = faultIn(resources);
  if (fault !== undefined) return { word: "damaged", why: fault };
  return {
    word: "whole",
    copy: {
      export: { version: file.version ?? 3, deployment },
      time: deployment.manifest?.time ?? "",
      resources: resources.length,
    },
  };
}

/** The reason why a state belongs to another stack or passphrase; undefined if it does not. */
function foreignIn(
  resources: readonly StateResource[],
  { secrets_providers: provider }: Deployment,
  { project, stack, encryption }: Whose,
): string | undefined {
  const head = `urn:pulumi:${stack}::${project}::`;
  const other = resources.find(({ urn }) => !urn.startsWith(head));
  if (other !== undefined) return `it is of ${other.urn.split("::").slice(0, 2).join("::")}`;
  const { salt, encryptedkey } = (provider?.state ?? {}) as Readonly<Record<string, string>>;
  const by = salt ?? encryptedkey;
  return by === undefined || encryption === undefined || by === encryption
    ? undefined
    : "its secrets are encrypted by another passphrase or key than the stack file's";
}

/**
 * The first fault that the engine's own check would report (pulumi/pulumi v3.259.0
 * `pkg/resource/deploy/snapshot.go` VerifyIntegrity). Each resource appears once, after its parent,
 * its provider and its dependencies.
 */
function faultIn(resources: readonly StateResource[]): string | undefined {
  const seen = new Set<string>();
  for (const resource of resources) {
    const {
      urn,
      parent,
      provider,
      dependencies = [],
    } = resource as StateResource & {
      readonly parent?: string;
      readonly provider?: string;
      readonly dependencies?: readonly string[];
    };
    const needed = [parent, provider?.slice(0, provider.lastIndexOf("::")), ...dependencies];
    const missing = needed.find((each) => each !== undefined && each !== "" && !seen.has(each));
    if (missing !== undefined) return `${urn} stands in it before ${missing}, or without it`;
    if (seen.has(urn) && resource.delete !== true) return `${urn} stands in it twice`;
    seen.add(urn);
  }
  return undefined;
}
