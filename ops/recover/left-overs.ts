import { acceptedToken, type Clouds } from "./clouds.ts";
import { digitaloceanFinders } from "./digitalocean-finders.ts";
import type { Candidate, Lookup } from "./finder.ts";
import { ask, isMissing, ofToken, reasonOf } from "./presence.ts";
import { nameOf, type StateResource } from "./state.ts";
import { shutOutOf } from "./taken-out.ts";
import { CLUSTER, DATABASE, NODE_POOL, REPLICA, TAG } from "./types.ts";

/**
 * Left-overs: what DigitalOcean makes and bills for this stack, and no state holds. After an error
 * or a time-out the provider forgets the id, so no operation is pending, either
 * (digitalocean/terraform-provider-digitalocean v2.99.1 `resource_database_cluster.go`).
 */

/** The pool that comes with its cluster (terraform-provider-digitalocean, `kubernetes.go`). */
const DEFAULT_POOL = "terraform:default-node-pool";

/** Types that are billed separately, each with the command that deletes one. */
const BILLED: readonly {
  readonly type: string;
  /** Type of the thing that it is a part of. */
  readonly within?: string;
  readonly deletion: string;
}[] = [
  { type: DATABASE, deletion: "doctl databases delete" },
  { type: CLUSTER, deletion: "doctl kubernetes cluster delete" },
  { type: REPLICA, within: DATABASE, deletion: "doctl databases replica delete" },
  { type: NODE_POOL, within: CLUSTER, deletion: "doctl kubernetes cluster node-pool delete" },
];

/** One thing that carries a tag of the stack, and stands in no state. */
export interface LeftOver {
  readonly type: string;
  readonly candidate: Candidate;
  /** Its name in the program, by its autoname; undefined where the state has another one there. */
  readonly place: string | undefined;
  /** The command that deletes it. */
  readonly deletion: string;
}

/** All left-overs, or the reason why they are not known. */
export type LeftOvers =
  | { readonly word: "known"; readonly things: readonly LeftOver[] }
  | { readonly word: "unknown"; readonly reason: string };

/** Whether a state says by which tags its left-overs can be known. */
export function hasTags(resources: readonly StateResource[]): boolean {
  return tagsOf(resources).size > 0;
}

/**
 * Looks for resources with a tag of the state that are not in it.
 * @param known the resources that nobody was deleting: one of them proves the account. Default:
 * all.
 */
export async function leftOversOf(
  resources: readonly StateResource[],
  clouds: Clouds,
  known: readonly StateResource[] = resources,
): Promise<LeftOvers> {
  const token = await acceptedToken("digitalocean", clouds, known);
  if (token.kind !== "value") return { word: "unknown", reason: ofToken(token) };
  const tags = tagsOf(resources);
  const held = new Set(resources.flatMap(idsOf));
  const shutOut = shutOutOf(resources);
  const things: LeftOver[] = [];
  for (const { type, within, deletion } of BILLED)
    for (const owner of within === undefined ? [[]] : idsOfType(resources, within)) {
      const [clusterId] = owner;
      // Any name fits.
      const all = () => finderOf(type).find(clouds, { clusterId, name: /^/u });
      const answer = await ask(all, clouds.patience);
      // What is a part of something goes with it.
      if (isMissing(answer) && clusterId !== undefined) continue;
      if (answer.kind !== "value") return { word: "unknown", reason: reasonOf(answer) };
      for (const candidate of answer.value) {
        const { id, importId, tags: own = [] } = candidate;
        if (held.has(id) || held.has(importId) || own.includes(DEFAULT_POOL)) continue;
        if (!own.some((tag) => tags.has(tag))) continue;
        // No operation was creating it, so it must be deleted, under any name.
        things.push(
          shutOut.has(id)
            ? { type, candidate, place: undefined, deletion: "npm run recover -- old-clusters" }
            : {
                type,
                candidate,
                place: placeOf(type, candidate, resources),
                deletion: [deletion, ...owner, id].join(" "),
              },
        );
      }
    }
  return { word: "known", things };
}

function tagsOf(resources: readonly StateResource[]): ReadonlySet<string> {
  return new Set(idsOfType(resources, TAG).flat());
}

function idsOfType(resources: readonly StateResource[], type: string): readonly [string][] {
  return resources.flatMap((each) =>
    each.type === type && each.id !== undefined ? [[each.id] as [string]] : [],
  );
}

/** Ids of a resource, by which its cloud lists it. */
function idsOf({ type, id, inputs, outputs }: StateResource): readonly string[] {
  if (id === undefined) return [];
  return type === REPLICA
    ? [id, `${String(inputs?.["clusterId"])},${String(outputs?.["name"])}`]
    : [id];
}

function finderOf(type: string): Lookup {
  const finder = digitaloceanFinders[type];
  if (finder?.kind === "find") return finder;
  throw new Error(`ops/recover/digitalocean-finders.ts lists no ${type}.`);
}

/** Pulumi's autoname is the name in the program, a hyphen and seven hexadecimal digits. */
function placeOf(
  type: string,
  { name = "" }: Candidate,
  resources: readonly StateResource[],
): string | undefined {
  const place = /^(?<place>.+)-[0-9a-f]{7}$/u.exec(name)?.groups?.["place"];
  return resources.some((each) => each.type === type && nameOf(each) === place) ? undefined : place;
}
