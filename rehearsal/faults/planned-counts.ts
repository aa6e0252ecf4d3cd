import type { InventoryItem } from "../clouds/world.ts";
import { stackPlan } from "../plan/state-plan.ts";
import { COUNTED } from "./invariants.ts";

/** How many there are, by type token. */
export type Counts = ReadonlyMap<string, number>;

/** Beside what holds data or is a server's address: replicas, which are billed, and DNS records. */
const BESIDE = /(?:databaseReplica|dnsRecord):/u;

const counts = ({ type }: { readonly type: string }): boolean =>
  COUNTED.test(type) || BESIDE.test(type);

function countsIn(all: readonly { readonly type: string }[]): Counts {
  const groups = Map.groupBy(all.filter(counts), ({ type }) => type);
  return new Map([...groups].map(([type, each]) => [type, each.length]));
}

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
  const there = countsIn(clouds);
  return [...new Set([...there.keys(), ...planned.keys()])]
    .filter((type) => (there.get(type) ?? 0) !== (planned.get(type) ?? 0))
    .map((type) => `${there.get(type) ?? 0} ${type}, and the plan has ${planned.get(type) ?? 0}`);
}
