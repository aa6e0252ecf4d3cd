import { kubernetesToAskFor } from "../../domain/look/kubernetes.ts";
import { parseConfig } from "../../input/parse.ts";
import { minorOf } from "../../facts/minor-of.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { read } from "../clouds/properties.ts";
import { CLUSTER } from "../clouds/digitalocean/doks.ts";
import { withdrawKubernetes } from "../clouds/withdrawals.ts";
import type { World } from "../clouds/world.ts";
import { nameOf } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { succeeded, type Findings } from "./drill.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/**
 * The Kubernetes minor of a running server is withdrawn. The preview warns at once, and the version
 * matters when the cluster is lost.
 */

/**
 * DigitalOcean no longer offers the running minor: the next preview names the version of a new
 * cluster, and changes nothing.
 */
export function kubernetesWithdrawn(context: DrillContext, findings: Findings): Phase {
  return {
    title: "Kubernetes version withdrawn",
    run: async () => {
      const { stack, world } = rehearsalOf(context);
      const running = versionOf(world);
      withdrawKubernetes(world, minorOf(running));
      const next = newest(world);
      const { version } = parseConfig(readStackFile()).cluster;
      const offered = { known: world.account.kubernetesVersions };
      const { warnings } = kubernetesToAskFor(version, offered, true);
      const preview = succeeded(findings, await stack.preview());
      const warned = preview.diagnostics.filter((line) =>
        warnings.some((warning) => line.includes(warning)),
      );
      findings.checks.push(
        checkOf(
          "a preview names what a new cluster gets once the minor that runs is no longer offered, and changes nothing",
          [
            ...(warned.length === 1 ? [] : [`told ${warned.length} times`]),
            ...preview.steps.map(({ op, urn }) => `${op} ${nameOf(urn)}`),
          ],
          `${running} runs on; a new one gets ${next}`,
        ),
      );
      return `${running} goes, ${next} is left`;
    },
  };
}

/** The rebuilt cluster has the version that the preview named. */
export function rebuiltVersion(world: World): Check {
  const [made, wanted] = [versionOf(world), newest(world)];
  return checkOf(
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
