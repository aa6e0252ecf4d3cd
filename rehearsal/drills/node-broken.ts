import { AppsV1Api, DiscoveryV1Api } from "@kubernetes/client-node";
import { tryBrokenPods } from "../node/try-broken-pods.ts";
import type { Phase } from "../phases.ts";
import type { Findings } from "./drill.ts";
import { liveApi, liveConfig } from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/**
 * Copies of the stack's Deployments, broken on purpose, on real nodes: each fault must be detected.
 */
export function brokenPhase(context: DrillContext, findings: Findings): Phase {
  return {
    title: "broken pods",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const config = liveConfig(rehearsal);
      const apis = {
        apps: config.makeApiClient(AppsV1Api),
        core: liveApi(rehearsal),
        discovery: config.makeApiClient(DiscoveryV1Api),
      };
      const checks = await tryBrokenPods(apis, rehearsal.imageRoot);
      findings.checks.push(...checks);
      return checks[0]!.detail.slice(0, 160);
    },
  };
}
