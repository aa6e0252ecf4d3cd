import type { InventoryItem } from "../clouds/world.ts";
import { stackPlan } from "../plan/state-plan.ts";
import { countsOf, differences, type Counts } from "./counts.ts";
import { COUNTED } from "./invariants.ts";

/** Beside what holds data or is a server's address: replicas, which are billed, and DNS records. */
const BESIDE = /(?:databaseReplica|dnsRecord):/u;

const counts = ({ type }: { readonly type: string }): boolean =>
  COUNTED.test(type) || BESIDE.test(type);

const countsIn = (all: readonly { readonly type: string }[]): Counts =>
  countsOf(all.filter(counts));

/** The numbers that a stack file asks for: of the plan in memory, which no engine has touched. */
export async function plannedCounts(file: string): Promise<Counts> {
  return countsIn((await stackPlan("prod", file)).resources);
}

/** Type tokens of what a stack file asks a cloud or a cluster for. */
export async function plannedTypes(file: string): Promise<readonly string[]> {
  const { resources } = await stackPlan("prod", file);
  const own = resources.filter(({ type, custom }) => custom && !type.startsWith("pulumi:"));
  return [...new Set(own.map(({ type }) => type))].toSorted();
}

/** Databases, clusters, buckets, tunnels and records of which the clouds have more or fewer. */
export function countDifferences(
  clouds: readonly InventoryItem[],
  planned: Counts,
): readonly string[] {
  return differences(countsIn(clouds), planned).map(
    ({ type, is, should }) => `${is} ${type}, and the plan has ${should}`,
  );
}
