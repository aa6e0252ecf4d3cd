import { AutoscalingV2Api, Metrics } from "@kubernetes/client-node";
import { spawn } from "node:child_process";
import { NAMESPACE } from "../../config/topology.ts";
import { AUTOSCALED_MS, checkAutoscaling } from "../checks/autoscaling.ts";
import type { Phase } from "../phases.ts";
import type { Findings } from "./drill.ts";
import { liveConfig, liveDeployments, livePods, scaleByHand } from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/** Keeps one CPU busy until its input closes, because the pod must be idle again afterwards. */
const UNTIL_INPUT_ENDS = "while :; do :; done & cat > /dev/null; kill $!";

/** CPU load that is measured, and the autoscaler's reaction. */
export function autoscalingPhase(context: DrillContext, findings: Findings): Phase {
  return {
    title: "autoscaling",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const config = liveConfig(rehearsal);
      // Sidekiq: if a second pod has no room, it waits and preempts no other.
      const deployment = (await liveDeployments(rehearsal))
        .map(({ metadata }) => metadata?.name ?? "")
        .find((name) => name.startsWith("sidekiq"));
      const pod = (await livePods(rehearsal)).find(
        ({ metadata, status }) =>
          status?.phase === "Running" && metadata?.name?.startsWith(`${deployment}-`) === true,
      );
      if (deployment === undefined || pod === undefined) throw new Error("There is no Sidekiq.");
      const [id = ""] = rehearsal.world.runningClusters.keys();
      const check = await checkAutoscaling({
        autoscaling: config.makeApiClient(AutoscalingV2Api),
        metrics: new Metrics(config),
        pod,
        deployment,
        burn: () => {
          const child = spawn(
            rehearsal.clusters.kubectl,
            [
              `--kubeconfig=${rehearsal.clusters.kubeconfigPath(id)}`,
              ...[`--namespace=${NAMESPACE}`, "exec", "--stdin", pod.metadata?.name ?? "", "--"],
              ...["timeout", String(AUTOSCALED_MS / 1000), "sh", "-c", UNTIL_INPUT_ENDS],
            ],
            { stdio: ["pipe", "ignore", "ignore"] },
          );
          return { stop: () => void child.kill() };
        },
      });
      await scaleByHand(rehearsal, deployment, 1);
      findings.checks.push(check);
      return check.detail.slice(0, 120);
    },
  };
}
