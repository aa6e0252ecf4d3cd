import { NetworkingV1Api } from "@kubernetes/client-node";
import { mediaHostsOfCluster } from "../../domain/media.ts";
import type { StackConfig } from "../../config/schema.ts";
import { flowsOf } from "../../k8s/flows/all.ts";
import { checkPolicies } from "../node/check-policies.ts";
import type { RealNode } from "../node/node.ts";
import type { Phase } from "../phases.ts";
import type { Findings } from "./drill.ts";
import { liveApi, liveConfig } from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/**
 * Every connection of the matrix, tried from its pod's network; then with faults that must be
 * detected.
 */
export function policiesPhase(
  context: DrillContext,
  findings: Findings,
  config: StackConfig,
  nodes: () => readonly RealNode[],
): Phase {
  return {
    title: "policies",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const [database] = rehearsal.world.hosts().values();
      const [site] = rehearsal.internet.hosts.values();
      if (database === undefined || site === undefined)
        throw new Error("There is no database, or no Internet, to try connections to.");
      const checks = await checkPolicies(
        {
          core: liveApi(rehearsal),
          networking: liveConfig(rehearsal).makeApiClient(NetworkingV1Api),
          ...{ nodes: nodes(), database, site },
        },
        flowsOf(
          config.sidekiq.map(({ name }) => `sidekiq-${name}`),
          { ...config, mediaThroughCluster: mediaHostsOfCluster(config).length > 0 },
        ),
      );
      findings.checks.push(...checks);
      return checks[0]!.detail.slice(0, 160);
    },
  };
}
