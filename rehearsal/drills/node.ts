import { readFileSync } from "node:fs";
import { parseConfig } from "../../input/parse.ts";
import type { StackConfig } from "../../config/schema.ts";
import { checkRealCommands } from "../checks/real-commands.ts";
import { checkRealPods } from "../checks/real-pods.ts";
import { addressesOf } from "../data/loopback.ts";
import { enclose, enclosedFile, type Enclosed } from "../node/enclosure.ts";
import { realGround, type NodeTools } from "../node/ground.ts";
import { LOOPBACK, mustHaveImages, notProvenOf, type ImageSource } from "../images/source.ts";
import { NETWORK } from "../node/network.ts";
import type { RealNode } from "../node/node.ts";
import type { RealNodes } from "../node/real-nodes.ts";
import { runPhases, type Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { NEVER_PROVEN, WITH_SIMULATED } from "../result.ts";
import type { WorldGround } from "../rehearsal.ts";
import { noFindings, type Drill, type Findings } from "./drill.ts";
import { liveApi, placementChecks } from "./live.ts";
import { accidentPhases } from "./node-accidents.ts";
import { brokenPhase } from "./node-broken.ts";
import { autoscalingPhase } from "./node-autoscaling.ts";
import { loadPhase } from "./node-load.ts";
import { policiesPhase } from "./node-policies.ts";
import { edgePhase } from "./node-edge.ts";
import { NODE_IMAGES, nodeToolPhases, noTools } from "./node-tools.ts";
import { rehearsalOf, worldPhase, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";

/** Options of this drill. */
export interface NodeOptions {
  readonly images: ImageSource;
}

/** Claims that this drill does not prove, with any result. */
const NODE_NOT_PROVEN: readonly string[] = [
  ...NEVER_PROVEN,
  WITH_SIMULATED,
  "The nodes have this machine's kernel, and its processors and memory as far as a Droplet has them; profiles with larger nodes don't fit.",
  "Between nodes are a bridge and routes, in the place of Cilium; the API server stands in the VPC, in the place of DigitalOcean's.",
];

/**
 * The committed stack with the smallest profile: both of its nodes have two CPUs, as most machines
 * do.
 */
function soloConfig(): StackConfig {
  const { web: _, ...written } = readStackFile();
  return parseConfig({ ...written, profile: "solo" });
}

/** The stack on real nodes. It runs inside namespaces that `encloseNodeDrill` creates. */
export function nodeDrill(context: DrillContext, { images }: NodeOptions): Drill {
  const { findings, live, begin } = liveStack(context);
  const accidents = accidentPhases(context, findings, soloConfig());
  const nodes = (): readonly RealNode[] => live.nodes?.all ?? [];
  return {
    name: "real nodes",
    findings,
    notProven: [...NODE_NOT_PROVEN, ...notProvenOf(images)],
    phases: [
      ...begin,
      podsPhase(context, findings),
      accidents.begin,
      secondPreview(context, findings),
      commandsPhase(context, findings),
      brokenPhase(context, findings),
      policiesPhase(context, findings, soloConfig(), nodes),
      accidents.end,
      autoscalingPhase(context, findings),
      edgePhase(context, findings, soloConfig(), nodes, {
        // Images that were built here have neither accounts nor posts.
        firstPost: images.kind === "real" && images.registry !== LOOPBACK,
      }),
    ],
  };
}

/**
 * Requests to the stack on real nodes while its pods start and stop. It runs in the same namespaces
 * as `nodeDrill`.
 */
export function loadDrill(context: DrillContext, { images }: NodeOptions): Drill {
  const { findings, live, begin } = liveStack(context);
  return {
    name: "load on real nodes",
    findings,
    notProven: [...NODE_NOT_PROVEN, ...notProvenOf(images)],
    phases: [...begin, loadPhase(context, findings, () => live.nodes?.all ?? [])],
  };
}

/** The smallest profile on real nodes, with which their drills start. */
function liveStack(context: DrillContext): {
  readonly findings: Findings;
  readonly live: Live;
  readonly begin: readonly Phase[];
} {
  const findings = noFindings();
  const file = enclosedFile();
  if (file === undefined) throw new Error("A drill of real nodes runs in a world of its own.");
  const enclosed = JSON.parse(readFileSync(file, "utf8")) as Enclosed<NodeTools>;
  const live: Live = {};
  const begin = [
    worldPhase(context, enclosed.tools, groundOf(enclosed, live)),
    profilePhase(context),
    ...upPhases(context, findings),
  ];
  return { findings, live, begin };
}

/**
 * Builds the tools of the drill, then creates namespaces of its own and runs this command in them.
 */
export async function encloseNodeDrill(
  command: readonly string[],
  { images }: NodeOptions,
): Promise<boolean> {
  await mustHaveImages(NODE_IMAGES, images);
  const tools = noTools();
  const results = await runPhases(nodeToolPhases(tools, images));
  const failed = results.find((result) => result.failed);
  if (failed !== undefined) {
    console.error(`\n"${failed.title}" stopped the drill: ${failed.detail}`);
    return false;
  }
  return (await enclose(command, tools.debian, tools)) === 0;
}

/** The nodes of the one cluster, once there is one. */
interface Live {
  nodes?: RealNodes;
}

function groundOf(enclosed: Enclosed<NodeTools>, live: Live): WorldGround {
  return {
    vpc: addressesOf(NETWORK.databases),
    internet: addressesOf(NETWORK.internet),
    clusters: (surroundings) => {
      const ground = realGround(enclosed, surroundings);
      return {
        ...ground,
        machinesOf: async (...cluster) => (live.nodes = await ground.machinesOf(...cluster)),
      };
    },
  };
}

function profilePhase(context: DrillContext): Phase {
  return {
    title: "profile",
    run: async () => {
      await rehearsalOf(context).stack.editConfig((document) => {
        document.setIn(["config", "mastodon:profile"], "solo");
        document.deleteIn(["config", "mastodon:web"]);
      });
      const { cluster } = soloConfig();
      return `solo: ${cluster.basePool.nodes + cluster.workloadPool.nodes} nodes`;
    },
  };
}

function podsPhase(context: DrillContext, findings: Findings): Phase {
  return {
    title: "pods",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const checks = await checkRealPods(liveApi(rehearsal));
      findings.checks.push(...checks, ...(await placementChecks(rehearsal, soloConfig())));
      return checks[0]!.detail;
    },
  };
}

function commandsPhase(context: DrillContext, findings: Findings): Phase {
  return {
    title: "commands",
    run: async () => {
      const { world, clusters } = rehearsalOf(context);
      const [id = ""] = world.runningClusters.keys();
      const { domain } = soloConfig();
      const checks = await checkRealCommands(clusters.kubeconfigPath(id), domain);
      findings.checks.push(...checks);
      return checks.map(({ detail }) => detail).join("; ");
    },
  };
}
