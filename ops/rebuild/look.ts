import { basename } from "node:path";
import type { StackConfig } from "../../config/schema.ts";
import { databaseClustersOf, postgresNameOf } from "../../domain/database-clusters.ts";
import { acceptedToken, read, type Clouds } from "../recover/clouds.ts";
import { hasTags, leftOversOf, type LeftOvers } from "../recover/left-overs.ts";
import { holderOf, locksOf } from "../recover/lock.ts";
import {
  ask,
  isAgainstToken,
  isMissing,
  ofToken,
  reasonOf,
  type Presence,
} from "../recover/presence.ts";
import {
  nameOf,
  readExport,
  type Properties,
  type StackExport,
  type StateResource,
} from "../recover/state.ts";
import { DATABASE, STACK, VPC } from "../recover/types.ts";
import { copiesIn, faultOf, newestWhole, whoseOf } from "../state/keep.ts";
import type { StackPlace } from "../stack-file/place.ts";
import { dumpsOf } from "./dumps.ts";
import type { Facts, Seen, StateFact, TokenFact, WayBack } from "./facts.ts";
import { forgottenOf } from "./forgotten.ts";
import { seenIn } from "./look-things.ts";
import type { Outside, RebuildWorld } from "./world.ts";

/** Looks at everything, and changes nothing. */
export async function lookAtAll(
  place: StackPlace,
  config: StackConfig,
  world: RebuildWorld,
): Promise<{ readonly facts: Facts; readonly state: StackExport | undefined }> {
  const { stack } = place;
  const [read, outside] = await Promise.all([
    stateOf(place, world),
    outsideOf(config.webDomain, world.outside),
  ]);
  const common = { stack, domain: config.domain, state: read.fact, outside };
  if (read.state === undefined)
    return {
      facts: {
        ...common,
        ...{ things: [], ways: [], leftOvers: [] },
        ...{ token: { word: "gone" }, dumps: { word: "gone" } },
      },
      state: undefined,
    };
  const { resources = [] } = read.state.deployment;
  const clouds = await world.clouds();
  const [token, left, dumps, held] = await Promise.all([
    tokenOf(resources, clouds),
    leftOf(resources, clouds),
    dumpsOf(config, basename(stack), clouds),
    seenIn(
      resources.filter((each) => !isIdle(each, config)),
      clouds,
      world.program.cluster,
    ),
  ]);
  const forgotten = await forgottenOf(rememberedIn(resources, config), left, {
    resources,
    config,
    clouds,
  });
  const things = [...held, ...forgotten];
  const own = new Set(forgotten.map(({ id }) => id));
  return {
    facts: {
      ...common,
      things,
      token,
      dumps,
      ways: await waysBack(things, clouds),
      leftOvers:
        left.word === "unknown"
          ? undefined
          : left.things
              .filter(({ candidate }) => !own.has(candidate.id))
              .map(({ candidate: { name, id } }) => name ?? id),
    },
    state: read.state,
  };
}

/** The state by the CLI. If the CLI can't read it, its file says whether it is gone or cut. */
async function stateOf(
  place: StackPlace,
  world: RebuildWorld,
): Promise<{ readonly fact: StateFact; readonly state?: StackExport }> {
  const { stack, cwd } = place;
  const pulumi = world.pulumi(cwd);
  let failure: string;
  try {
    const state = readExport(await pulumi(["stack", "export", "--stack", stack]));
    const { resources = [], pending_operations: pending = [] } = state.deployment;
    if (resources.length > 0)
      return {
        state,
        fact: {
          word: "there",
          resources: resources.length,
          pending: pending.length,
          locks: (await locksOf(pulumi, stack)).map(holderOf),
        },
      };
    failure = "it holds no resource";
  } catch (error) {
    failure = reasonIn(error);
  }
  try {
    const { own, copies } = await copiesIn(await world.bucket(), place, await whoseOf(place));
    const newest = newestWhole(copies);
    const why = faultOf(own, newest);
    if (own === undefined)
      return { fact: { word: "gone", why: "there is no file of it", copies: copies.length } };
    if (why !== undefined)
      return { fact: { word: "cut", why: lowered(why), copies: copies.length } };
    return own.judged.word === "whole" && own.judged.copy.resources === 0
      ? { fact: { word: "gone", why: failure, copies: 0 } }
      : { fact: { word: "unknown", reason: failure } };
  } catch (error) {
    return { fact: { word: "unknown", reason: `${failure}; ${reasonIn(error)}` } };
  }
}

/** An error's message inside another sentence. */
function reasonIn(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/u, "");
}

/** A sentence inside another one. */
const lowered = (sentence: string): string =>
  sentence.replace(/^The state file is /u, "its file is ").replace(/\.$/u, "");

/** The output `running` of the last finished update. */
function runningIn(resources: readonly StateResource[]): Properties | undefined {
  const outputs = resources.find(({ type }) => type === STACK)?.outputs;
  return outputs?.["running"] as Properties | undefined;
}

/** Names in the program of what the last update left. */
function rememberedIn(
  resources: readonly StateResource[],
  config: StackConfig,
): ReadonlySet<string> {
  const running = runningIn(resources);
  const { number = 1 } = (running?.["data"] ?? {}) as { readonly number?: number };
  const { serving } = databaseClustersOf(config.postgres);
  return new Set([
    ...Object.keys((running?.["kept"] ?? {}) as Properties),
    // A higher number is of an update that is still to come.
    ...(running?.["data"] !== undefined && serving <= number ? [servingPlace(config)] : []),
  ]);
}

/** Name in the program of the database cluster that serves. */
function servingPlace({ postgres }: StackConfig): string {
  return `${postgresNameOf(databaseClustersOf(postgres).serving)}-cluster`;
}

/** Whether it is a former database, which admits nobody: its loss closes nothing. */
function isIdle(resource: StateResource, config: StackConfig): boolean {
  return (
    resource.type === DATABASE &&
    resource.inputs?.["engine"] === "pg" &&
    nameOf(resource) !== servingPlace(config)
  );
}

/** Gone: the state holds no network by which the right account is known. */
async function tokenOf(resources: readonly StateResource[], clouds: Clouds): Promise<TokenFact> {
  if (!resources.some(({ type }) => type === VPC)) return { word: "gone" };
  const answer = await acceptedToken("digitalocean", clouds, resources);
  if (answer.kind === "value") return { word: "there", value: "it sees the stack's network" };
  return { word: isAgainstToken(answer) ? "refused" : "unknown", reason: ofToken(answer) };
}

async function leftOf(resources: readonly StateResource[], clouds: Clouds): Promise<LeftOvers> {
  return hasTags(resources)
    ? await leftOversOf(resources, clouds)
    : { word: "unknown", reason: "the state holds no tag by which they are known" };
}

/** DigitalOcean's own way back for the database, where the database exists. */
async function waysBack(
  things: readonly Seen[],
  clouds: Clouds,
): Promise<readonly Presence<WayBack>[]> {
  const postgres = things.filter(
    ({ kind, presence }) => kind === "postgres" && presence.word === "there",
  );
  return await Promise.all(
    postgres.map(async ({ id }): Promise<Presence<WayBack>> => {
      const { backups } = clouds.digitalocean.databases.byDatabase_cluster_uuid(id);
      const answer = await ask(
        async () => (await read(backups)).backups as readonly Backup[],
        clouds.patience,
      );
      if (isMissing(answer)) return { word: "gone" };
      if (answer.kind !== "value") return { word: "unknown", reason: reasonOf(answer) };
      const newest = answer.value
        .map(({ createdAt }) => new Date(createdAt).toISOString())
        .toSorted()
        .at(-1);
      return newest === undefined ? { word: "gone" } : { word: "there", value: { until: newest } };
    }),
  );
}

interface Backup {
  readonly createdAt: string | Date;
}

/** One request of a visitor. */
async function outsideOf(host: string, outside: Outside): Promise<Presence<string>> {
  const answer = await ask(() => outside.get(`https://${host}/health`), { limitMs: 10_000 });
  if (answer.kind !== "value") return { word: "unknown", reason: reasonOf(answer) };
  const { status } = answer.value;
  return status === 200
    ? { word: "there", value: "answers" }
    : { word: "unknown", reason: `it answered ${status}` };
}
