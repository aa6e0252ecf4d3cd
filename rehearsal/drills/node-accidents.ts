import type { V1Pod } from "@kubernetes/client-node";
import { NAMESPACE, SERVICES } from "../../config/topology.ts";
import type { StackConfig } from "../../config/schema.ts";
import { clusterOf } from "../../ops/pods/cluster.ts";
import {
  checkFullFolder,
  checkGoodbye,
  checkGreedyCommand,
  checkGreedyPod,
} from "../checks/accidents.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { checkConfinement } from "../checks/confinement.ts";
import { checkStandstill } from "../checks/standstill.ts";
import { askInside } from "../node/ask-inside.ts";
import { firstProcessIn } from "../node/pod-processes.ts";
import type { Phase } from "../phases.ts";
import type { Findings } from "./drill.ts";
import { liveApi, liveConfig } from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/** The volume of the assets origin with the smallest limit (`k8s/assets.ts`). */
const FULL = { container: "nginx", path: "/tmp", mib: 64 } as const;

/** Pod failures that only a kubelet handles. The longest continues during later phases. */
export function accidentPhases(
  context: DrillContext,
  findings: Findings,
  { webDomain }: StackConfig,
): { readonly begin: Phase; readonly end: Phase } {
  let standstill: Promise<Check> | undefined;
  return {
    begin: {
      title: "accidents",
      run: async () => {
        const core = liveApi(rehearsalOf(context));
        const pods = await ownPods(context);
        const checks = [await checkConfinement(pods)];
        standstill = checkStandstill(core, podOf(pods, "sidekiq-")).catch(failed);
        const web = podOf(pods, "web");
        const pid = await firstProcessIn(web, "puma");
        const { port } = SERVICES.web;
        // Before a web pod is recreated: on such full nodes it takes the place of a command's pod.
        checks.push(await checkGreedyCommand(clusterOf(liveConfig(rehearsalOf(context)))));
        checks.push(
          ...(await Promise.all([
            checkGreedyPod(core),
            checkFullFolder(core, podOf(pods, "assets"), FULL),
            checkGoodbye(
              core,
              web,
              async (path) => await askInside(pid, { host: webDomain, port, path }),
            ),
          ])),
        );
        findings.checks.push(...checks);
        return checks.map(({ detail }) => detail).join("; ");
      },
    },
    end: {
      title: "a Sidekiq that stands still",
      run: async () => {
        if (standstill === undefined) throw new Error("No Sidekiq was made to stand still.");
        const check = await standstill;
        findings.checks.push(check);
        return check.detail;
      },
    },
  };
}

function failed(error: unknown): Check {
  return checkOf("a Sidekiq that stands still is watched", [String(error)], "");
}

/** Running pods of the stack, including its metrics-server. */
async function ownPods(context: DrillContext): Promise<readonly V1Pod[]> {
  const { items } = await liveApi(rehearsalOf(context)).listPodForAllNamespaces({
    labelSelector: "app.kubernetes.io/part-of=mastodon",
  });
  return items.filter(({ status }) => status?.phase === "Running");
}

function podOf(pods: readonly V1Pod[], component: string): V1Pod {
  const found = pods.find(
    ({ metadata }) =>
      metadata?.namespace === NAMESPACE &&
      metadata.labels?.["app.kubernetes.io/component"]?.startsWith(component) === true,
  );
  if (found === undefined) throw new Error(`There is no pod of ${component}.`);
  return found;
}
