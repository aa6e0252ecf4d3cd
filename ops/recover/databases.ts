import { NOBODY } from "../../config/topology.ts";
import { ONCE, type Clouds } from "./clouds.ts";
import { ask, isMissing, reasonOf, type Answer } from "./presence.ts";
import type { StateResource } from "./state.ts";
import { DATABASE, FIREWALL } from "./types.ts";

/**
 * Cuts a stack's databases off from an old cluster that is shut out. It takes three calls, since
 * none is enough:
 *
 * - Trusted sources that admit nobody block new connections. The next update writes the new nodes'
 *   tag instead.
 * - New passwords make the old ones useless for anyone. The next update's refresh reads them.
 *   Valkey's stays where DigitalOcean changes none. Its page of users says "not supported for
 *   Caching or Valkey clusters" (digitalocean/openapi `databases_list_users.yml`).
 * - Neither breaks an open connection. Deleting a pool closes its connections, and Rails, Sidekiq
 *   and streaming connect through it. The next update creates it again.
 */

const USER = "digitalocean:index/databaseUser:DatabaseUser";
const POOL = "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool";

/** One call that cuts. */
interface Cut {
  /** The thing that it changes, in words. */
  readonly what: string;
  readonly call: (clouds: Clouds) => Promise<unknown>;
  /** Whether its refusal is expected: it is said, and no fault. */
  readonly mayBeRefused?: true;
}

/** Pools of connections that a fence deletes. */
export function poolsOf(resources: readonly StateResource[]): readonly StateResource[] {
  return resources.filter(({ type }) => type === POOL);
}

/** The calls, in their order: doors, passwords, connections. */
function cutsOf(resources: readonly StateResource[]): readonly Cut[] {
  const of = ({ digitalocean }: Clouds, id: unknown) =>
    digitalocean.databases.byDatabase_cluster_uuid(id);
  const typed = (type: string) => resources.filter((each) => each.type === type);
  const doors = typed(FIREWALL).map(({ inputs, urn }): Cut => {
    const rules = [{ type: "ip_addr", value: NOBODY }];
    return {
      what: `the trusted sources of ${urn.split("::").at(-1)}`,
      call: (clouds) =>
        of(clouds, inputs?.["clusterId"]).firewall.put({ rules }, { options: [ONCE] }),
    };
  });
  const users = [
    ...typed(USER).map(({ inputs }) => ({
      id: inputs?.["clusterId"],
      name: String(inputs?.["name"]),
      isValkey: false,
    })),
    ...typed(DATABASE).map(({ id, inputs, outputs }) => ({
      id,
      isValkey: inputs?.["engine"] === "valkey",
      // The administrators' names, where the state has not read them yet.
      name: String(outputs?.["user"] ?? (inputs?.["engine"] === "valkey" ? "default" : "doadmin")),
    })),
  ];
  return [
    ...doors,
    ...users.map(({ id, name, isValkey }): Cut => ({
      what: `the password of ${isValkey ? "Valkey" : `the role ${name}`}`,
      call: (clouds) =>
        of(clouds, id)
          .users.byUsername(name)
          .reset_auth.post({}, { options: [ONCE] }),
      ...(isValkey && { mayBeRefused: true }),
    })),
    ...poolsOf(resources).map(({ inputs }): Cut => ({
      what: `the pool ${String(inputs?.["name"])}`,
      call: (clouds) =>
        of(clouds, inputs?.["clusterId"])
          .pools.byPool_name(inputs?.["name"])
          .delete({ options: [ONCE] }),
    })),
  ];
}

/** Calls that did not cut, each in a sentence. */
interface NotDone {
  /** Refused as expected. */
  readonly refused: readonly string[];
  readonly failed: readonly string[];
}

/** Cuts the databases off, as far as DigitalOcean does it. All of it may be done again. */
export async function cutDatabases(
  resources: readonly StateResource[],
  clouds: Clouds,
): Promise<NotDone> {
  const refused: string[] = [];
  const failed: string[] = [];
  for (const { what, call, mayBeRefused } of cutsOf(resources)) {
    const answer = await ask(() => call(clouds), clouds.patience);
    if (answer.kind === "value" || isMissing(answer)) continue;
    const why = reasonOf(answer);
    if (mayBeRefused === true && isUnsupported(answer))
      refused.push(
        `DigitalOcean does not change ${what}: ${why}. It stays, and the trusted sources keep the old nodes out.`,
      );
    else failed.push(`DigitalOcean does not change ${what}: ${why}.`);
  }
  return { refused, failed };
}

/** A refusal that is about the thing asked for, and neither about the token nor for a while. */
function isUnsupported(answer: Answer<unknown>): boolean {
  return (
    answer.kind === "refused" && answer.status < 500 && ![401, 403, 429].includes(answer.status)
  );
}
