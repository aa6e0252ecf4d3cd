import type { StackConfig } from "../config/schema.ts";
import { databaseClustersOf, postgresNameOf } from "./database-clusters.ts";
import { mediaBucketsOf } from "./media.ts";
import { MADE_ONCE, type MadeOnce } from "../config/keys/anew.ts";

/**
 * Records resources that must not be created twice: they are protected, billed separately, or hold
 * data. A refresh silently removes what a cloud does not show from the state, and the update would
 * create a second one next to the first. Postgres has a record of its own (`data-life.ts`).
 */

/** One of them, in the output `running`. */
export interface Kept {
  /** Settings whose change replaces it; unset if there are none. */
  readonly as?: string;
  /** `anew` for its name; unset if the file has none. */
  readonly anew?: number;
}

/** All of them, by logical name. */
export type KeptThings = Readonly<Partial<Record<MadeOnce, Kept>>>;

/** The resources that a configuration has. */
export function keptBy(config: StackConfig): KeptThings {
  const { cluster, postgres, valkey, anew } = config;
  const base = cluster.basePool.size;
  const { serving } = databaseClustersOf(postgres);
  // A change of these replaces it, and a preview shows that.
  const shapes: Readonly<Partial<Record<MadeOnce, string>>> = {
    "cluster-doks": base,
    "cluster-workloads": `${cluster.workloadPool.size} beside ${base}`,
    "replica-replica": `of life ${postgres.origin?.epoch ?? 1}${serving === 1 ? "" : `, of database ${serving}`}`,
    ...(serving === 1 ? {} : { "postgres-application": `of database ${serving}` }),
  };
  const stores = mediaBucketsOf(config).map(({ store }) => store);
  const exists: Readonly<Partial<Record<MadeOnce, boolean>>> = {
    "cache-cluster": valkey.cache !== undefined,
    "replica-replica": postgres.readReplica !== undefined,
    "media-space-bucket": stores.includes("spaces"),
    "media-r2-bucket": stores.includes("r2"),
    "backups-bucket": config.backup !== undefined,
  };
  return Object.fromEntries(
    MADE_ONCE.filter((name) => exists[name] ?? true).map((name): [MadeOnce, Kept] => {
      const [as, number] = [shapes[name], anew[name]];
      return [
        name,
        { ...(as === undefined ? {} : { as }), ...(number === undefined ? {} : { anew: number }) },
      ];
    }),
  );
}

/** Harm that a second one does. */
const HARM: Readonly<Record<MadeOnce, string>> = {
  "network-vpc": "the databases stay in the first",
  "network-nodes": "the nodes carry the first, and the databases admit no other",
  "network-stack": "what is billed carries the first, and is found by it",
  "cluster-doks": "both are billed, and both serve",
  "cluster-workloads": "both are billed",
  "postgres-application": "the tables belong to the first, and its password is in every pod",
  "valkey-cluster": "jobs that wait and feeds are in the first, and both are billed",
  "cache-cluster": "both are billed",
  "replica-replica": "both are billed",
  "media-space-bucket": "what members uploaded is in the first",
  "media-r2-bucket": "what members uploaded is in the first",
  "backups-bucket": "every dump is in the first",
  "tunnel-tunnel": "every connector and DNS record leads to the first",
};

/**
 * Ends of the messages that refuse to create one of them, by its name. There is none if the last
 * update had no such resource, if the configuration replaces it, or if `anew` was raised.
 * @param last record of the last update; undefined for a new stack, or an older program.
 */
export function anewRefusals(
  last: KeptThings | undefined,
  config: StackConfig,
): ReadonlyMap<string, string> {
  const wanted = keptBy(config);
  return new Map(
    MADE_ONCE.flatMap((name) => {
      const [before, now] = [last?.[name], wanted[name]];
      if (before === undefined || now === undefined || before.as !== now.as) return [];
      const [then, given] = [before.anew ?? 0, now.anew ?? 0];
      return given > then
        ? []
        : [[logicalNameOf(name, config), refusalOf(name, then + 1)] as const];
    }),
  );
}

/** The name of the resource that serves, where there are several with that key of `anew`. */
export function logicalNameOf(name: MadeOnce, { postgres }: StackConfig): string {
  return name === "postgres-application"
    ? `${postgresNameOf(databaseClustersOf(postgres).serving)}-application`
    : name;
}

function refusalOf(name: MadeOnce, next: number): string {
  const key = `\`pulumi config set --path mastodon:anew.${name} ${next}\``;
  const cure =
    name === "cluster-doks"
      ? `\`npm run recover -- cluster\`, which asks DigitalOcean first; where that finds no cluster in the state, ${key}`
      : key;
  return `would be made anew, but the last update left one: ${HARM[name]}. Its cloud does not show the first to this token. None was made. Run \`npm run recover\`: it takes the first into the state again, if it is there. If it is gone for good: ${cure}. docs/operate.md, "Something is gone that an update left"`;
}
