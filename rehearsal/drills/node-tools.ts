import { IMAGES } from "../../config/images.ts";
import { archivesOf, type ImageSource } from "../images/source.ts";
import { SYSTEM_IMAGES } from "../kubernetes/system-pods.ts";
import { debianRoot } from "../machine/debian.ts";
import { findNodeProgram } from "../node/binary.ts";
import { PAUSE_IMAGE } from "../node/containerd.ts";
import type { NodeTools } from "../node/ground.ts";
import { imageStore, TRUST_PLACEHOLDER } from "../node/image-store.ts";
import { NODE_PACKAGES } from "../node/packages.ts";
import { findClusterPrograms } from "../node/programs.ts";
import type { Phase } from "../phases.ts";
import { originOf, toolPhases } from "./setup.ts";

/** All images that run on the nodes: the stack's and the cluster's own. */
export const NODE_IMAGES: readonly string[] = [
  ...Object.values(IMAGES),
  ...SYSTEM_IMAGES,
  PAUSE_IMAGE,
];

/** Tools that the phases have found so far. */
export type FoundTools = { -readonly [Key in keyof NodeTools]: NodeTools[Key] };

/** No tools yet. */
export function noTools(): FoundTools {
  return {
    ...{
      engineRoot: "",
      kubernetes: "",
      imageRoot: "",
      node: "",
      coredns: "",
      policyAgent: "",
      debian: "",
    },
    images: { folder: "" },
  };
}

/** Downloads or builds everything for real nodes, before a world without Internet access starts. */
export function nodeToolPhases(
  tools: FoundTools,
  source: ImageSource = { kind: "local" },
): readonly Phase[] {
  return [
    ...toolPhases(tools),
    {
      title: "node",
      run: async (progress) => {
        const node = await findNodeProgram(progress);
        tools.node = node.path;
        return `kubelet and kube-proxy, ${originOf(node)}`;
      },
    },
    {
      title: "cluster programs and images",
      run: async (progress) => {
        const programs = await findClusterPrograms(progress);
        const debian = await debianRoot({ packages: NODE_PACKAGES }, progress);
        tools.coredns = programs.coredns.path;
        tools.policyAgent = programs["kube-router"].path;
        tools.debian = debian.root;
        const archives = await archivesOf(NODE_IMAGES, source, {
          trustStore: TRUST_PLACEHOLDER,
          programs: {
            coredns: programs.coredns.path,
            "metrics-server": programs["metrics-server"].path,
          },
          progress,
        });
        tools.images = await imageStore(archives, debian.root, progress);
        return `CoreDNS and metrics-server, ${originOf(programs["metrics-server"])}; containerd ${debian.versions["containerd"]} has the images`;
      },
    },
  ];
}
