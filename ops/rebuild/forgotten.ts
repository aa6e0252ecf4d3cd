import { TUNNEL_NAME } from "../../config/topology.ts";
import type { StackConfig } from "../../config/schema.ts";
import { mediaBucketsOf } from "../../domain/media.ts";
import { acceptedToken, type Clouds } from "../recover/clouds.ts";
import type { Candidate } from "../recover/finder.ts";
import { cloudOf, lookupOf } from "../recover/finders.ts";
import type { LeftOvers } from "../recover/left-overs.ts";
import { Missing, presence } from "../recover/presence.ts";
import { isInPlace, nameOf, type Properties, type StateResource } from "../recover/state.ts";
import { clustersOf, shutOutOf } from "../recover/taken-out.ts";
import * as types from "../recover/types.ts";
import type { Kind, Seen } from "./facts.ts";

/**
 * Things that a refresh has dropped from the state. An update that is then refused has no id to ask
 * for any more, so each is looked for in its cloud's list. A list without it is a loss; an answer
 * that is no list is not.
 */

const BUCKET = "cloudflare:index/r2Bucket:R2Bucket";

/** Names in the program of what has a night, and the last update's outputs remember. */
const REMEMBERED: Readonly<Record<string, Kind>> = {
  "cluster-doks": "cluster",
  "cluster-workloads": "pool",
  "valkey-cluster": "valkey",
  "tunnel-tunnel": "tunnel",
  "media-r2-bucket": "bucket",
};

/** The kind of a name; a database cluster may carry a number. */
const kindOfPlace = (place: string): Kind | undefined =>
  /^postgres(?:-\d+)?-cluster$/u.test(place) ? "postgres" : REMEMBERED[place];

/** Kinds that carry the stack's tag, so that they are found under any name. */
const TAGGED: Readonly<Partial<Record<Kind, string>>> = {
  cluster: types.CLUSTER,
  postgres: types.DATABASE,
  valkey: types.DATABASE,
};

/** The stack in which something is missing. */
interface Around {
  readonly resources: readonly StateResource[];
  readonly config: StackConfig;
  readonly clouds: Clouds;
}

/** A list in which a thing stands if it exists. */
interface ListOf {
  readonly type: string;
  /** Inputs by which it is looked for: those of `ops/recover/finders.ts`. */
  readonly inputs: Properties;
  readonly fits?: (candidate: Candidate) => boolean;
}

/**
 * Looks for each of them.
 * @param remembered names in the program of what the last update left.
 * @param left what carries the tag and stands in no state.
 */
export async function forgottenOf(
  remembered: ReadonlySet<string>,
  left: LeftOvers,
  around: Around,
): Promise<readonly Seen[]> {
  const held = new Set(around.resources.filter(isInPlace).map(nameOf));
  const seen = [...remembered]
    .filter((place) => !held.has(place))
    .map(async (place): Promise<readonly Seen[]> => {
      const kind = kindOfPlace(place);
      return kind === undefined ? [] : [await lookedFor(kind, place, left, around)];
    });
  return (await Promise.all(seen)).flat();
}

async function lookedFor(
  kind: Kind,
  place: string,
  left: LeftOvers,
  around: Around,
): Promise<Seen> {
  const { resources, clouds } = around;
  const base = { kind, name: place, place, id: "" };
  const there = ({ name = place, id }: Candidate, value: string): Seen => ({
    ...{ ...base, name, id, isForgotten: true, presence: { word: "there", value } },
  });
  const carried = left.word === "unknown" ? undefined : leftOver(kind, place, left.things, around);
  if (carried !== undefined) return there(carried.candidate, carried.value);
  if (left.word === "unknown" && TAGGED[kind] !== undefined) return { ...base, presence: left };
  const list = listOf(kind, place, around);
  const lookup = list && lookupOf(list.type);
  if (list === undefined || lookup === undefined)
    return {
      ...base,
      presence: {
        word: "unknown",
        reason: "the state has forgotten it, and all by which it could be looked for",
      },
    };
  const found = await presence(
    async () => {
      const candidate = (await lookup.find(clouds, list.inputs)).find(list.fits ?? (() => true));
      if (candidate === undefined) throw new Missing();
      return candidate;
    },
    () => acceptedToken(cloudOf(list.type), clouds, resources),
    clouds.patience,
  );
  return found.word === "there"
    ? there(found.value, "the state has forgotten it")
    : { ...base, presence: found };
}

/** A thing with the stack's tag that is it, or may be it: a fork has another name. */
function leftOver(
  kind: Kind,
  place: string,
  things: Extract<LeftOvers, { word: "known" }>["things"],
  { resources }: Around,
): { readonly candidate: Candidate; readonly value: string } | undefined {
  const own = things.find((thing) => thing.place === place);
  if (own !== undefined) return { candidate: own.candidate, value: "the state has forgotten it" };
  const shutOut = shutOutOf(resources);
  const other = things.find(
    ({ type, place: named, candidate }) =>
      type === TAGGED[kind] && named === undefined && !shutOut.has(candidate.id),
  );
  return other && { candidate: other.candidate, value: `it may be ${place}, under another name` };
}

/** The list that has it; undefined if nothing says where that is. */
function listOf(kind: Kind, place: string, { resources, config }: Around): ListOf | undefined {
  // Pulumi's autoname (`left-overs.ts`).
  const name = new RegExp(`^${place}-[0-9a-f]{7}$`, "u");
  const tagged = TAGGED[kind];
  if (tagged !== undefined) {
    const tags = new Set(resources.filter(({ type }) => type === types.TAG).map(({ id }) => id));
    const shutOut = shutOutOf(resources);
    return {
      type: tagged,
      inputs: { name },
      fits: ({ id, tags: own = [] }) => !shutOut.has(id) && own.some((tag) => tags.has(tag)),
    };
  }
  const accountId = resources
    .filter(({ type }) => type.startsWith("cloudflare:"))
    .map(({ inputs }) => inputs?.["accountId"])
    .find((id) => typeof id === "string");
  const [clusterId] = clustersOf(resources).map(({ id }) => id);
  const bucket = mediaBucketsOf(config).find(({ store }) => store === "r2");
  switch (kind) {
    case "pool":
      return clusterId === undefined
        ? undefined
        : { type: types.NODE_POOL, inputs: { clusterId, name } };
    case "tunnel":
      return { type: types.TUNNEL, inputs: { accountId, name: TUNNEL_NAME } };
    case "bucket":
      return (
        bucket && {
          type: BUCKET,
          inputs: { accountId, name: bucket.bucket, jurisdiction: bucket.place },
        }
      );
    default:
      return undefined;
  }
}
