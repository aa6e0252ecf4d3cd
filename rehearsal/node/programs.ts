import { join } from "node:path";
import { buildGoProgram, type BuiltProgram } from "../build/go-program.ts";
import type { GoRecipe } from "../build/recipe.ts";
import type { Progress } from "../progress.ts";

/** Programs of a cluster in addition to Kubernetes' own, which only real nodes need. */
export type ClusterProgram = "coredns" | "kube-router" | "metrics-server";

/** Each one's module and main package; "." if a local `main.go` selects parts. */
const SOURCES: Readonly<
  Record<ClusterProgram, { readonly module: string; readonly package: string }>
> = {
  coredns: { module: "github.com/coredns/coredns", package: "." },
  "kube-router": { module: "github.com/cloudnativelabs/kube-router/v2", package: "." },
  "metrics-server": {
    module: "sigs.k8s.io/metrics-server",
    package: "sigs.k8s.io/metrics-server/cmd/metrics-server",
  },
};

/** Recipe of one of them, and the module that its `go.mod` pins. */
export function clusterProgramRecipe(name: ClusterProgram): GoRecipe & { readonly module: string } {
  const { module, package: built } = SOURCES[name];
  const directory = join(import.meta.dirname, name);
  return { name, directory, package: built, ldflags: ["-s", "-w"], module };
}

/**
 * Builds all of them one after the other, or takes them from the cache. Throws as {@link
 * buildGoProgram}.
 */
export async function findClusterPrograms(
  progress: Progress,
): Promise<Readonly<Record<ClusterProgram, BuiltProgram>>> {
  return {
    coredns: await buildGoProgram(clusterProgramRecipe("coredns"), progress),
    "kube-router": await buildGoProgram(clusterProgramRecipe("kube-router"), progress),
    "metrics-server": await buildGoProgram(clusterProgramRecipe("metrics-server"), progress),
  };
}
