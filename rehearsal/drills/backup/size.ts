import {
  emptyStatements,
  indexStatements,
  isShaped,
  postsOf,
  rowStatements,
  shapeStatements,
} from "../../data/mastodon-rows.ts";
import { bytesOf } from "../../pods/quantity.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import type { ResultTable } from "../../result.ts";
import type { BackupRun } from "./run.ts";

/** Sizes of a database, bytes. */
export interface DatabaseSize {
  readonly tables: number;
  readonly indexes: number;
}

/** Role of the application, which owns its tables: so every later right is the live one's. */
const OWNER = "mastodon";

/**
 * Gives the live database the tables, indexes and rows of a server, of about this many megabytes of
 * tables. Returns the sizes that it then has.
 */
export async function fillDatabase(
  { databases }: Rehearsal,
  megabytes: number,
): Promise<DatabaseSize> {
  const existing = await databases.asAgent(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
  );
  const names = existing.map(({ relname }) => String(relname));
  const [view] = await databases.asAgent("SELECT pg_get_viewdef('user_ips'::regclass) AS is");
  const statements = [
    ...(isShaped(names)
      ? emptyStatements()
      : [
          // A view holds the types of its columns.
          "DROP VIEW user_ips",
          ...shapeStatements(names),
          `CREATE VIEW user_ips AS ${String(view?.["is"])}`,
        ]),
    ...rowStatements(postsOf(megabytes)),
    ...indexStatements(),
  ];
  for (const statement of statements) await databases.asAgent(`SET ROLE ${OWNER}; ${statement}`);
  await databases.asAgent("ANALYZE");
  return await sizeOf(databases);
}

async function sizeOf(databases: Rehearsal["databases"]): Promise<DatabaseSize> {
  const [row] = await databases.asAgent(
    "SELECT sum(pg_table_size(oid))::text AS tables, sum(pg_indexes_size(oid))::text AS indexes FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
  );
  return { tables: Number(row?.["tables"]), indexes: Number(row?.["indexes"]) };
}

/** Processor seconds for each GB of tables that a dump should not exceed. */
const AIM_SECONDS_A_GB = 12;

/** Processor seconds from which a program has a figure of its own. */
const LEAST_SECONDS = 0.05;

/**
 * Complaints about what a dump used: memory over a limit, or bytes on a disk. A place on a disk is
 * one, too. Processor seconds are those of one machine under its load: shown, and not judged.
 */
export function complaintsOfUse(run: BackupRun): readonly string[] {
  const { volumes = [], containers = [] } = run.pod.spec ?? {};
  const places = [
    ...volumes.filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium !== "Memory"),
    ...containers.filter(({ securityContext }) => securityContext?.readOnlyRootFilesystem !== true),
  ];
  const used = [...run.use].flatMap(([name, { peakBytes, diskBytes }]) => [
    ...(peakBytes > limitOf(run, name)
      ? [`${name} had ${mib(peakBytes)} MiB, over its limit of ${mib(limitOf(run, name))}`]
      : []),
    ...(diskBytes > 0 ? [`${name} wrote ${diskBytes} bytes to a disk`] : []),
  ]);
  return [...places.map(({ name }) => `${name} could be written on a disk`), ...used];
}

/** Figures of a dump. */
export function useTable(run: BackupRun, size: DatabaseSize): ResultTable {
  return {
    title: "A dump's use of its node",
    intro: `${megabytes(size.tables)} MB of tables and ${megabytes(size.indexes)} MB of indexes became a dump of ${megabytes(run.manifest?.bytes ?? 0)} MB in ${run.seconds.toFixed(1)} s: ${(totalSeconds(run) / (size.tables / 1e9)).toFixed(1)} processor seconds for each GB of tables; the aim is ${AIM_SECONDS_A_GB}. Memory is that of all processes at once, each with the pages that it shares.`,
    columns: [
      "container",
      "processor s",
      "memory MiB",
      "limit MiB",
      "bytes on a disk",
      "processor s by program",
    ],
    rows: [...run.use].map(([name, { cpuSeconds, peakBytes, diskBytes, programs }]) => [
      name,
      cpuSeconds.toFixed(1),
      mib(peakBytes),
      mib(limitOf(run, name)),
      diskBytes,
      [...programs]
        .filter(([, seconds]) => seconds >= LEAST_SECONDS)
        .map(([program, seconds]) => `${program} ${seconds.toFixed(1)}`)
        .join(", "),
    ]),
  };
}

function totalSeconds({ use }: BackupRun): number {
  return [...use.values()].reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Memory limit of a container, bytes, from the live pod. */
function limitOf({ pod }: BackupRun, name: string): number {
  const container = pod.spec?.containers.find((each) => each.name === name);
  return bytesOf(container?.resources?.limits?.["memory"] ?? "0");
}

const mib = (bytes: number): number => Math.round(bytes / 1_024 ** 2);
const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
