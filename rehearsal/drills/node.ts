import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../config/parse.ts";
import type { StackConfig } from "../../config/schema.ts";
import { IMAGES } from "../../config/images.ts";
import { addressesOf } from "../data/loopback.ts";
import { imageArchive } from "../images/store.ts";
import { SYSTEM_IMAGES } from "../kubernetes/system-pods.ts";
import { debianRoot } from "../machine/debian.ts";
import { findNodeProgram } from "../node/binary.ts";
import { PAUSE_IMAGE } from "../node/containerd.ts";
import { enclose, enclosedFile, type Enclosed } from "../node/enclosure.ts";
import { imageStore, TRUST_PLACEHOLDER, type ImageStore } from "../node/image-store.ts";
import { NETWORK } from "../node/network.ts";
import { NODE_PACKAGES } from "../node/packages.ts";
import { findClusterPrograms } from "../node/programs.ts";
import { RealNodes } from "../node/real-nodes.ts";
import { startWorldDns } from "../node/world-dns.ts";
import { runPhases, type Phase } from "../phases.ts";
import { readStackFile } from "../plan/stack-file.ts";
import type { Tools, WorldGround } from "../rehearsal.ts";
import { noFindings, type Drill } from "./drill.ts";
import { originOf, rehearsalOf, toolPhases, worldPhase, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";

/** What the drill needs from outside of its world, found or made before it. */
interface NodeTools extends Tools {
  readonly debian: string;
  readonly node: string;
  readonly coredns: string;
  readonly images: ImageStore;
}

/** What this drill does not show, whatever its result. */
const NODE_NOT_PROVEN: readonly string[] = [
  "The nodes are this machine's processors and memory, at most as much as the Droplets have; their kernel is this machine's.",
  "The network between Pods is a bridge and routes, not Cilium; images hold Debian's programs and stand-ins under the pinned names.",
];

/** The committed stack in the smallest profile: both of its nodes have two processors, as most machines do. */
function soloConfig(): StackConfig {
  const { web: _, ...written } = readStackFile();
  return parseConfig({ ...written, profile: "solo" });
}

/** The stack on real nodes. Runs inside a world of its own: `encloseNodeDrill` makes it. */
export function nodeDrill(context: DrillContext, options: { readonly keep: boolean }): Drill {
  const findings = noFindings();
  const file = enclosedFile();
  if (file === undefined) throw new Error("The drill of real nodes runs in a world of its own.");
  const { cgroups, tools } = JSON.parse(readFileSync(file, "utf8")) as Enclosed<NodeTools>;
  const ground = groundOf(context, { cgroups, tools });
  return {
    name: "real nodes",
    folder: "node",
    findings,
    notProven: NODE_NOT_PROVEN,
    phases: [
      worldPhase(context, tools, ground),
      profilePhase(context),
      ...upPhases(context, findings),
      secondPreview(context, findings),
      ...(options.keep ? [] : []),
    ],
  };
}

/** Everything that is downloaded or built, before the world that has no way out. */
export async function encloseNodeDrill(command: readonly string[]): Promise<boolean> {
  const tools: { -readonly [Key in keyof NodeTools]?: NodeTools[Key] } = {};
  const given = { engineRoot: "", kubernetes: "", imageRoot: "" };
  const phases: readonly Phase[] = [
    ...toolPhases(given),
    {
      title: "node",
      run: async (progress) => {
        const node = await findNodeProgram(progress);
        tools.node = node.path;
        return `kubelet and kube-proxy, ${originOf(node)}`;
      },
    },
    {
      title: "cluster programs",
      run: async (progress) => {
        const { coredns } = await findClusterPrograms(progress);
        tools.coredns = coredns.path;
        return `CoreDNS, ${originOf(coredns)}`;
      },
    },
    {
      title: "images",
      run: async (progress) => {
        const debian = await debianRoot({ packages: NODE_PACKAGES }, progress);
        tools.debian = debian.root;
        const archive = await imageArchive(
          [...Object.values(IMAGES), ...SYSTEM_IMAGES, PAUSE_IMAGE],
          {
            trustStore: TRUST_PLACEHOLDER,
            programs: {
              coredns: tools.coredns ?? "",
              "metrics-server": (await findClusterPrograms(progress))["metrics-server"].path,
            },
            progress,
          },
        );
        tools.images = await imageStore(archive, debian.root, progress);
        return `containerd ${debian.versions["containerd"]} has them, ${debian.origin}`;
      },
    },
  ];
  const results = await runPhases(phases);
  const failed = results.find((result) => result.failed);
  if (failed !== undefined) {
    console.error(`\n"${failed.title}" stopped the drill: ${failed.detail}`);
    return false;
  }
  return (await enclose(command, tools.debian ?? "", { ...given, ...tools })) === 0;
}

function groundOf(context: DrillContext, { cgroups, tools }: Enclosed<NodeTools>): WorldGround {
  return {
    vpc: addressesOf(NETWORK.databases),
    internet: addressesOf(NETWORK.internet),
    clusters: ({ directory, processes, trustStore }) => ({
      site: { address: NETWORK.api.address, apiPort: NETWORK.api.port, kubelets: "real" },
      machinesOf: async (_clusterId, plane) => {
        await startWorldDns({
          program: tools.coredns,
          directory,
          processes,
          kubeconfig: plane.kubeconfig,
          hosts: () => rehearsalOf(context).hosts(),
        });
        return await RealNodes.of(
          {
            directory: join(directory, "nodes"),
            debian: tools.debian,
            program: tools.node,
            cgroups,
            processes,
            images: tools.images,
            trustStore,
          },
          plane,
        );
      },
    }),
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
