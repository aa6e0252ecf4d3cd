import type { Redis } from "ioredis";
import type { StackConfig } from "../../config/schema.ts";
import { DATABASE_MEMBERS } from "../../config/topology.ts";
import { backendConnections } from "../../domain/capacity/connections.ts";
import type { Shown } from "../../ops/status/part.ts";
import { read } from "../clouds/properties.ts";
import { DATABASE } from "../clouds/digitalocean/database-address.ts";
import type { World } from "../clouds/world.ts";
import type { Databases } from "../data/databases.ts";
import { checkOf, type Check } from "./check.ts";
import { PoolConnections } from "./pool-connections.ts";

/** Prefix of the keys that fill Valkey for a moment. */
const BALLAST = "rehearsal:ballast";
/** Bytes of each, a little less than a size of Valkey's allocator. */
const BALLAST_BYTES = 2 ** 20 - 256;
/** Share to which it is filled: more than nearly full, and less than what refuses writes. */
const FILLED = 0.94;

/** Share by which sizes may differ between two questions: connections have buffers. */
const TOLERANCE = 0.02;

/** The sizes in MiB, for the lines have them so. */
const MIB = 2 ** 20;

/** Use of the databases, as their own agent reads it. */
export interface Agent {
  readonly dataMib: number;
  readonly connections: number;
  readonly pooled: number;
  readonly usedMib: number;
  readonly limitMib: number;
}

/** Fills Valkey nearly, and holds one more connection on each port of Postgres, for `use`. */
export async function withNearlyFull<T>(
  world: World,
  databases: Databases,
  use: () => Promise<T>,
): Promise<T> {
  const held = await PoolConnections.start(world);
  try {
    await databases.asValkeyAgent(fill);
    return await use();
  } finally {
    await databases.asValkeyAgent(async (client) => {
      const keys = await client.keys(`${BALLAST}:*`);
      if (keys.length > 0) await client.del(keys);
    });
    await held.close();
  }
}

async function fill(client: Redis): Promise<void> {
  for (let key = 0; ; key++) {
    const { usedMib, limitMib } = memoryIn(await client.info("memory"));
    if (usedMib > limitMib * FILLED) return;
    await client.set(`${BALLAST}:${key}`, Buffer.alloc(BALLAST_BYTES, "x"));
  }
}

function memoryIn(info: string): Pick<Agent, "usedMib" | "limitMib"> {
  const memory = (name: string): number =>
    Number(new RegExp(`^${name}:(\\d+)`, "mu").exec(info)?.[1]) / MIB;
  return { usedMib: memory("used_memory"), limitMib: memory("maxmemory") };
}

/** Reads the use, past the server's own roles. */
export async function useByAgent(databases: Databases): Promise<Agent> {
  const [row] = await databases.asAgent(`
    SELECT (SELECT sum(pg_database_size(oid)) FROM pg_database) AS bytes,
      count(*) AS connections,
      count(*) FILTER (WHERE client_addr IS NULL AND usename IN
        ('${DATABASE_MEMBERS.application}', '${DATABASE_MEMBERS.streaming}')) AS pooled
    FROM pg_stat_activity JOIN pg_roles ON pg_roles.oid = usesysid
    WHERE backend_type = 'client backend' AND NOT rolsuper`);
  const [info = ""] = await databases.asValkeyAgent((client) => client.info("memory"));
  return {
    dataMib: Number(row?.["bytes"]) / MIB,
    connections: Number(row?.["connections"]),
    pooled: Number(row?.["pooled"]),
    ...memoryIn(info),
  };
}

/** Disk of the world's Postgres, MiB. */
export function diskMibOf(world: World): number {
  const postgres = world.find(DATABASE).find(({ properties }) => properties["engine"] === "pg");
  return Number(read.text(postgres!.properties, "storageSizeMib"));
}

/**
 * Checks the figures of `npm run status` about the databases against those of their own agent, and
 * that it says to look at the nearly full one.
 */
export function checkUse(
  parts: readonly Shown[],
  agent: Agent,
  diskMib: number,
  config: Pick<StackConfig, "postgres">,
): Check {
  const part = parts.find(({ name }) => name === "full");
  const lines = part?.lines ?? [];
  const figures = [
    { name: "Postgres: data", used: agent.dataMib, limit: diskMib },
    {
      name: "Postgres: connections",
      used: agent.connections,
      limit: backendConnections(config.postgres.size),
    },
    {
      name: "Postgres: connections of its pool",
      used: agent.pooled,
      limit: config.postgres.poolConnections,
    },
    { name: "Valkey: memory", used: agent.usedMib, limit: agent.limitMib },
  ];
  return checkOf(
    "the status shows how full the databases are, as their own agent reads it, and says to look at a Valkey that is nearly full",
    [
      ...figures.flatMap(({ name, used, limit }) => faultOf(lines, name, used, limit)),
      ...(agent.connections > agent.pooled && agent.pooled > 0
        ? []
        : [`${agent.connections} connections and ${agent.pooled} of the pool tell nothing apart`]),
      ...(part?.word === "look" && /^Valkey: .* it refuses every write/u.test(lines[0] ?? "")
        ? []
        : [`full is ${part?.word ?? "missing"}, and begins with ${lines[0] ?? "nothing"}`]),
    ],
    lines.filter((line) => figures.some(({ name }) => line.startsWith(`${name} `))).join("; "),
  );
}

/** A line `NAME 12 MiB of 64 MiB (18 %)` that says something else than the agent. */
function faultOf(
  lines: readonly string[],
  name: string,
  used: number,
  limit: number,
): readonly string[] {
  const line = lines.find((each) => each.startsWith(`${name} `) && /\d+.* of \d/u.test(each)) ?? "";
  const amounts = /^([\d.]+)( MiB| GiB|) of ([\d.]+)( MiB| GiB|) /u.exec(
    line.slice(name.length + 1),
  );
  if (amounts === null) return [`no line ${name}: ${lines.join("; ")}`];
  const [, first, firstUnit, second, secondUnit] = amounts;
  const mib = (text = "", unit = ""): number => Number(text) * (unit === " GiB" ? 1_024 : 1);
  const off = (shown: number, wanted: number): boolean =>
    // Half of a MiB is what rounding hides.
    Math.abs(shown - wanted) > (firstUnit === "" ? 0 : wanted * TOLERANCE + 0.5);
  return [
    ...(off(mib(first, firstUnit), used) ? [`${line}: the agent reads ${used}`] : []),
    ...(off(mib(second, secondUnit), limit) ? [`${line}: its limit is ${limit}`] : []),
  ];
}
