import { kubernetesToAskFor } from "../../../domain/look/kubernetes.ts";
import { parseConfig } from "../../../input/parse.ts";
import { minorOf } from "../../../facts/minor-of.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { CLUSTER } from "../../clouds/digitalocean/doks.ts";
import { read } from "../../clouds/properties.ts";
import { withdrawKubernetes } from "../../clouds/withdrawals.ts";
import type { World } from "../../clouds/world.ts";
import type { Operator } from "./operator.ts";
import { stepsBeside } from "./refusals.ts";

/**
 * The Kubernetes minor of a running server is withdrawn. The next preview names the version of a
 * new cluster, and changes nothing. The version matters when the cluster is lost.
 */
export async function kubernetesWithdrawn(operator: Operator): Promise<void> {
  const { world } = operator.rehearsal;
  const running = versionOf(world);
  withdrawKubernetes(world, minorOf(running));
  const { version } = parseConfig(readStackFile()).cluster;
  const offered = { known: world.account.kubernetesVersions };
  const { warnings } = kubernetesToAskFor(version, offered, true);
  const preview = await operator.preview();
  const warned = preview.diagnostics.filter((line) =>
    warnings.some((warning) => line.includes(warning)),
  );
  operator.check(
    "a preview names what a new cluster gets once the minor that runs is no longer offered, and changes nothing",
    [...(warned.length === 1 ? [] : [`told ${warned.length} times`]), ...stepsBeside(preview)],
    `${running} runs on; a new one gets ${newest(world)}`,
  );
}

/** The rebuilt cluster has the version that the preview named. */
export function rebuiltVersion(operator: Operator): void {
  const { world } = operator.rehearsal;
  const [made, wanted] = [versionOf(world), newest(world)];
  operator.check(
    "the cluster made anew has the version that the preview named",
    made === wanted ? [] : [`it has ${made}, and ${wanted} was named`],
    made,
  );
}

function versionOf(world: World): string {
  const [cluster] = world.find(CLUSTER);
  if (cluster === undefined) throw new Error("There is no cluster in this world.");
  return read.text(cluster.properties, "version");
}

function newest({ account }: World): string {
  const [slug] = account.kubernetesVersions;
  if (slug === undefined) throw new Error("No Kubernetes version is left in this world.");
  return slug;
}
