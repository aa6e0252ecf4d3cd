import type { StackConfig } from "../../config/schema.ts";
import { DATABASE_MEMBERS } from "../../config/topology.ts";
import { POSTGRES_VERSION } from "../../config/versions.ts";
import { POSTGRES_SIZES } from "../../facts/digitalocean/database-plans.ts";
import { type Clouds, type Json, read } from "../recover/clouds.ts";
import { ask, isMissing, reasonOf } from "../recover/presence.ts";
import { type Former, writeCluster } from "./origin.ts";

/** Arguments of an adoption. */
export interface AdoptCluster {
  /** The id of the cluster at DigitalOcean. */
  readonly id: string;
  readonly config: Pick<StackConfig, "region" | "postgres" | "backup">;
  /** Path of the stack file. */
  readonly file: string;
  readonly former: Former;
}

/** The part of both clouds that is asked. */
export type DigitalOcean = Pick<Clouds, "digitalocean" | "patience">;

/** The cluster that was written into the stack file. */
export interface AdoptedCluster {
  readonly name: string;
  readonly number: number;
}

/**
 * Writes a cluster that DigitalOcean made, a fork or a point in time, into the stack file. The next
 * update takes it over. The API forks backups only; any other time is made in the control panel.
 * @throws Error with every reason why an update could not take it over; nothing is written then.
 */
export async function adoptCluster(
  { id, config, file, former }: AdoptCluster,
  clouds: DigitalOcean,
): Promise<AdoptedCluster> {
  const of = clouds.digitalocean.databases.byDatabase_cluster_uuid(id);
  const database = (await answered(id, () => read(of), clouds)).database as Json;
  const members = async (list: "dbs" | "users"): Promise<readonly string[]> =>
    ((await answered(id, () => read(of[list]), clouds))[list] ?? []).map(
      ({ name }: Json) => name as string,
    );
  const faults = [
    ...clusterFaults(database, config),
    ...missingFaults("database", await members("dbs"), [DATABASE_MEMBERS.database]),
    ...missingFaults("role", await members("users"), [
      DATABASE_MEMBERS.application,
      DATABASE_MEMBERS.streaming,
      ...(config.backup === undefined ? [] : [DATABASE_MEMBERS.backup]),
    ]),
  ];
  if (faults.length > 0)
    throw new Error(
      [`The cluster ${database.name} can't be taken over; nothing was changed:`, ...faults].join(
        "\n  ",
      ),
    );
  const number = await writeCluster(file, { id, name: database.name }, former);
  return { name: database.name, number };
}

function clusterFaults(
  { engine, version, status, size, region }: Json,
  config: AdoptCluster["config"],
): readonly string[] {
  const wanted = config.postgres.size;
  return [
    ...(engine === "pg" && version === POSTGRES_VERSION
      ? []
      : [`It is ${engine} ${version}, and this stack has pg ${POSTGRES_VERSION}.`]),
    ...(status === "online"
      ? []
      : [`DigitalOcean says "${status}" of it. Wait until it is online, and run this again.`]),
    ...(POSTGRES_SIZES.indexOf(wanted) < POSTGRES_SIZES.indexOf(size)
      ? [
          `It runs on ${size}, and DigitalOcean makes no database smaller. Set mastodon:postgres.size to ${size}.`,
        ]
      : []),
    ...(region === config.region
      ? []
      : [`It is in ${region}, and the nodes in ${config.region} reach only their own region.`]),
  ];
}

function missingFaults(
  kind: string,
  found: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  return [...new Set(wanted)]
    .filter((name) => !found.includes(name))
    .map(
      (name) =>
        `It has no ${kind} ${name}, so it is a copy of something else, or of an earlier day of this stack. If it is the right one, make the ${kind} in the control panel, under that name.`,
    );
}

async function answered<T>(
  id: string,
  question: () => Promise<T>,
  clouds: DigitalOcean,
): Promise<T> {
  const answer = await ask(question, clouds.patience);
  if (answer.kind === "value") return answer.value;
  throw new Error(
    isMissing(answer)
      ? `DigitalOcean shows this token no database cluster ${id}. Nothing was changed. \`doctl databases list\` shows the ids.`
      : `Nothing is known of the database cluster ${id}: ${reasonOf(answer)}. Nothing was changed. Run this again.`,
  );
}
