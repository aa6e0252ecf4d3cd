import { clusterPresence } from "./clouds.ts";
import type { CommonOptions, RecoverWorld } from "./world.ts";
import type { Presence } from "./presence.ts";
import { rewriteState } from "./rewrite.ts";
import { nameOf, readExport, type StackExport } from "./state.ts";
import { clustersOf, isPool, withoutClusters, type StateCluster } from "./taken-out.ts";
import { isInKubernetes, VPC } from "./types.ts";

/**
 * `npm run recover -- cluster`. Removes a deleted cluster and everything in it from the state, so
 * that the next update creates a new one. DigitalOcean decides whether it is gone. A cluster with
 * an unreachable API keeps running, and every update over a state without it would fail.
 * @returns whether it is removed.
 * @throws Error in a sentence for the operator.
 */
export async function recoverCluster(
  options: CommonOptions,
  world: RecoverWorld,
): Promise<boolean> {
  const { stack, cwd } = options;
  const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  const state = readExport(before);
  const clusters = clustersOf(state.deployment.resources ?? []);
  if (clusters.length === 0) {
    world.say(
      `The state of the stack ${stack} holds no cluster; nothing was changed. Next: npm run up -- --stack ${stack} --refresh`,
    );
    return true;
  }
  const gone = await goneOf(clusters, state, world);
  const { taken, left } = withoutClusters(state, new Set(gone.map(({ id }) => id)));
  const pools = taken.filter(isPool).map(nameOf);
  for (const { name } of gone)
    world.say(
      `The cluster ${name} is gone: DigitalOcean answered 404 twice, to a token that sees this stack's network.`,
    );
  world.say(
    `What leaves the state, and is made anew: ${counted(taken.filter(isInKubernetes).length)}, the cluster${
      pools.length === 0 ? "" : `, its pools (${pools.join(", ")})`
    }. Databases, tunnel, DNS records and buckets stay.`,
  );
  const again = "npm run recover -- cluster";
  if (!(await rewriteState({ ...options, before, after: left, again }, world))) return false;
  const pending = left.deployment.pending_operations ?? [];
  world.say(
    pending.length === 0
      ? `Written. Next: npm run up -- --stack ${stack} --refresh`
      : `Written. The last update was cut off, too. Next: npm run recover -- --stack ${stack}`,
  );
  return true;
}

/** The clusters that are gone. @throws unless every other one is known to be there. */
async function goneOf(
  clusters: readonly StateCluster[],
  state: StackExport,
  world: RecoverWorld,
): Promise<readonly StateCluster[]> {
  const { resources = [] } = state.deployment;
  // A refresh with another account's token has forgotten all that this account is known by.
  if (!resources.some(({ type }) => type === VPC))
    throw new Error(
      "The state holds no network, by which a token of the right account is known. Nothing was changed. Run `npm run state -- adopt` first.",
    );
  const clouds = await world.clouds();
  const gone: StateCluster[] = [];
  const refusals: string[] = [];
  for (const cluster of clusters) {
    const answer = await clusterPresence(cluster.id, clouds, resources);
    if (answer.word === "gone") gone.push(cluster);
    else refusals.push(refusalOf(cluster, answer, resources.filter(isInKubernetes).length));
    if (answer.word === "unknown") throw new Error(refusals.at(-1));
  }
  // One that is there beside one that is gone is its successor.
  if (gone.length === 0) throw new Error(refusals.join("\n"));
  return gone;
}

function refusalOf(
  { name }: StateCluster,
  answer: Exclude<Presence<unknown>, { word: "gone" }>,
  objects: number,
): string {
  if (answer.word === "unknown")
    return `Whether the cluster ${name} is gone is not known: ${answer.reason}. Nothing was changed. Fix the reason, or wait, and run this again.`;
  return `The cluster ${name} is there: DigitalOcean says ${statusOf(answer.value)}. Nothing was changed. If its API does not answer, that is an outage, not a loss: wait, and look at https://status.digitalocean.com. Out of the state, ${counted(objects)} would go on running, and their names would refuse every later update.`;
}

/** Word for a cluster's state (digitalocean/openapi `kubernetes/models/cluster_read.yml`). */
function statusOf(answer: unknown): string {
  const { kubernetesCluster } = (answer ?? {}) as {
    readonly kubernetesCluster?: { readonly status?: { readonly state?: string } };
  };
  return kubernetesCluster?.status?.state ?? "that it exists";
}

const counted = (objects: number): string =>
  objects === 1 ? "1 Kubernetes object" : `${objects} Kubernetes objects`;
