import { join } from "node:path";
import type { StackConfig } from "../../config/schema.ts";
import { clusterOf } from "../../ops/pods/cluster.ts";
import { checkFirstPost, checkThroughEdge } from "../checks/first-post.ts";
import { EdgeClock } from "../edge/clock.ts";
import { Edge } from "../edge/edge.ts";
import { zoneOf } from "../edge/zone-view.ts";
import type { RealNode } from "../node/node.ts";
import { podNetworks } from "../node/pod-networks.ts";
import { TunnelOrigins } from "../node/tunnel-origins.ts";
import type { Phase } from "../phases.ts";
import type { Findings } from "./drill.ts";
import { liveApi, liveConfig, livePods } from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/** Requests on the path of members' requests: edge, a connector's network, Service, pod. */
export function edgePhase(
  context: DrillContext,
  findings: Findings,
  config: StackConfig,
  nodes: () => readonly RealNode[],
  { firstPost }: { readonly firstPost: boolean },
): Phase {
  return {
    title: "edge",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const connector = (await livePods(rehearsal)).find(
        ({ metadata, status }) =>
          metadata?.labels?.["app.kubernetes.io/component"] === "cloudflared" &&
          status?.phase === "Running",
      );
      const address = connector?.status?.podIP ?? "";
      const networks = await Promise.all(nodes().map(({ pid }) => podNetworks(pid)));
      const network = networks.map((each) => each.get(address)).find((each) => each !== undefined);
      if (network === undefined) throw new Error("There is no running connector.");
      const origins = new TunnelOrigins({
        core: liveApi(rehearsal),
        connector: { address, network },
        directory: join(rehearsal.directory, "doors"),
      });
      try {
        const zone = zoneOf(rehearsal.world, config.cloudflare.zoneId);
        const edge = new Edge({ zone, origins, clock: new EdgeClock() });
        const ground = { edge, webDomain: config.webDomain };
        const cluster = clusterOf(liveConfig(rehearsal));
        const checks = [
          await checkThroughEdge(ground),
          ...(firstPost ? [await checkFirstPost({ ...ground, cluster })] : []),
        ];
        findings.checks.push(...checks);
        return checks.at(-1)!.detail.slice(0, 120);
      } finally {
        origins.close();
      }
    },
  };
}
