import { join } from "node:path";
import { buildGoProgram, type BuiltProgram } from "../build/go-program.ts";
import type { GoRecipe } from "../build/recipe.ts";
import { kubernetesRecipe } from "../kubernetes/binary.ts";
import type { Progress } from "../progress.ts";

/** Recipe of kubelet and kube-proxy: one multi-call program. */
export async function nodeRecipe(): Promise<GoRecipe> {
  return await kubernetesRecipe("node", join(import.meta.dirname, "recipe"));
}

/**
 * Builds kubelet and kube-proxy, or takes them from the cache. Only drills with real nodes need
 * them: about two CPU minutes after a built control plane.
 * @throws as {@link buildGoProgram}.
 */
export async function findNodeProgram(progress: Progress): Promise<BuiltProgram> {
  return await buildGoProgram(await nodeRecipe(), progress);
}
