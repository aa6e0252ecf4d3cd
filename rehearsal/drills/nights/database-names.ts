import { postgresNameOf } from "../../../domain/database-clusters.ts";
import type { Running } from "../../../domain/deployed-state.ts";
import type { Rehearsal } from "../../rehearsal.ts";

/** Parts of a database cluster that the stack protects. */
const PARTS = ["cluster", "application", "database"] as const;

/** Number of the database cluster that serves. */
export async function servingNumber({ stack }: Pick<Rehearsal, "stack">): Promise<number> {
  const { data } = (await stack.outputs())["running"] as Running;
  return data.number ?? 1;
}

/** Names of the protected parts of these database clusters. */
export function partsOfDatabases(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => PARTS.map((part) => `${postgresNameOf(number)}-${part}`));
}
