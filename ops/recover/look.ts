import { valueAt } from "../../domain/fault.ts";
import { acceptedToken, type CloudName, type Clouds } from "./clouds.ts";
import { cloudOf, FINDERS } from "./finders.ts";
import type { Candidate, Finder, Lookup } from "./finder.ts";
import { openCluster, type Cluster } from "./kubernetes-finder.ts";
import { ofToken, presence, type Answer } from "./presence.ts";
import { standing, type StackExport, type StateResource } from "./state.ts";
import { isInKubernetes } from "./types.ts";

/** Looks for what a create has made: at its cloud, or at its cluster's own API. */

/** Result of a look. */
export type Found =
  | { readonly word: "known"; readonly candidates: readonly Candidate[] }
  | { readonly word: "unknown"; readonly reason: string };

/** A look at one resource: its row, and what was found; neither where no row looks its type up. */
export type Look = (resource: StateResource) => Promise<{
  readonly finder?: Finder | undefined;
  readonly found?: Found;
}>;

/** The looks of one state. Each cloud is asked once whether it accepts the token. */
export function looker(state: StackExport, clouds: Clouds): Look {
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const known = [...standing(state), ...pending.map(({ resource }) => resource)];
  const token = once((cloud: CloudName) => acceptedToken(cloud, clouds, known));
  const cluster = once((_: string, resource: StateResource) =>
    openCluster(resource, resources, clouds, () => token("digitalocean")),
  );
  return async (resource) => {
    const { type, provider = "" } = resource;
    if (!isInKubernetes(resource)) {
      const finder = FINDERS[type];
      if (finder?.kind !== "find") return { finder };
      return { finder, found: await look(finder, resource, clouds, () => token(cloudOf(type))) };
    }
    try {
      return await lookInside(await cluster(provider, resource), resource, clouds);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { finder: NOWHERE, found: { word: "unknown", reason } };
    }
  };
}

/** Keeps the result for each first argument. */
export function once<K, R, Rest extends readonly unknown[]>(
  make: (key: K, ...rest: Rest) => R,
): (key: K, ...rest: Rest) => R {
  const made = new Map<K, R>();
  return (key, ...rest) => {
    const result = made.get(key) ?? make(key, ...rest);
    made.set(key, result);
    return result;
  };
}

const NOWHERE: Lookup = { kind: "find", needs: [], find: () => Promise.resolve([]) };

async function lookInside(
  { finder, accepts, exists }: Cluster,
  resource: StateResource,
  clouds: Clouds,
): ReturnType<Look> {
  const found = await look(finder, resource, clouds, accepts);
  if (found.word === "known") return { finder, found };
  // A cluster that is gone has nothing in it; one that is only silent has all of it.
  return (await exists()).word === "gone"
    ? { finder, found: { word: "known", candidates: [] } }
    : {
        finder,
        found: {
          ...found,
          reason: `of the cluster's API, with doctl's credential: ${found.reason}`,
        },
      };
}

/**
 * Looks up what has the inputs of a resource; a pattern in them stands for a name that Pulumi made.
 * That there is nothing counts only for the right token.
 */
export async function look(
  finder: Lookup,
  { inputs = {} }: Pick<StateResource, "inputs">,
  clouds: Clouds,
  token: () => Promise<Answer<unknown>>,
): Promise<Found> {
  const missing = finder.needs.find((key) => !isReadable(valueAt(inputs, key)));
  if (missing !== undefined)
    return { word: "unknown", reason: `no readable ${missing} of it is known` };
  const found = await presence(() => finder.find(clouds, inputs), token, clouds.patience);
  if (found.word === "unknown") return { word: "unknown", reason: found.reason };
  if (found.word === "there" && found.value.length > 0)
    return { word: "known", candidates: found.value };
  const accepted = await token();
  return accepted.kind === "value"
    ? { word: "known", candidates: [] }
    : { word: "unknown", reason: ofToken(accepted) };
}

const isReadable = (input: unknown): boolean =>
  typeof input === "string" || input instanceof RegExp;
