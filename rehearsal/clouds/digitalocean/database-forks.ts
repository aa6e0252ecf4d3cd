import type { Properties } from "../../providers/provider.ts";
import { createObject } from "../operations.ts";
import { read } from "../properties.ts";
import type { CloudObject } from "../cloud-object.ts";
import type { ResourceRow } from "../rows.ts";
import type { World } from "../world.ts";
import { DB, USER } from "./database-members.ts";

/**
 * Forks: a new Postgres cluster with another one's data, of a backup or of any time of the last
 * seven days (https://docs.digitalocean.com/products/databases/postgresql/how-to/fork-clusters/,
 * read 2026-11-28). The API offers backups only. The control panel offers every time.
 *
 * Assumed, because no document says it: the fork has the databases and roles. Each role has another
 * password. There are neither tags nor trusted sources nor pools.
 */

/** The data of a cluster at one moment, from which it can be forked later. */
export interface PointInTime {
  readonly source: CloudObject;
  readonly at: Date;
  /** Folder of the copy. */
  readonly copy: string;
}

/** Keeps a cluster's data as it is at this moment, as DigitalOcean does all the time. */
export async function keepPointInTime(world: World, source: CloudObject): Promise<PointInTime> {
  const copy = await world.databases.copyPostgres(source.id);
  return { source, at: new Date(), copy };
}

/**
 * Forks a cluster as an operator does in the control panel, and waits until it is online. Its name
 * is the source's with an end, unless one is given.
 * @param row of the clusters (`databases.ts`).
 */
export async function forkInPanel(
  world: World,
  row: ResourceRow,
  { source, copy }: PointInTime,
  name = `${read.text(source.properties, "name")}-fork`,
): Promise<CloudObject> {
  world.forks.set(name, copy);
  const { object, ready } = await createObject(row, forkedFrom(source, name), {
    ...{ world, configuration: {}, urn: `the control panel's fork ${name}` },
  });
  await ready;
  return object;
}

/** Properties of a fork: the source's plan, place and version. */
function forkedFrom({ properties }: CloudObject, name: string): Properties {
  const { engine, version, size, region, nodeCount, privateNetworkUuid } = properties;
  return { name, engine, version, size, region, nodeCount, privateNetworkUuid };
}

/** Adds the databases and roles of a copy to the world. Each role gets a new password. */
export async function putMembers(world: World, clusterId: string): Promise<void> {
  const { users, databases } = await world.databases.membersOf(clusterId);
  for (const name of databases)
    world.put({
      type: DB,
      id: `${clusterId}/database/${name}`,
      properties: { clusterId, name },
    });
  for (const name of users) {
    const password = await world.databases.resetPassword(clusterId, name);
    world.put({
      type: USER,
      id: `${clusterId}/user/${name}`,
      properties: { clusterId, name, password, role: "normal" },
    });
  }
}
