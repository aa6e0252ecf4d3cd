import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/**
 * The refusal of production's provider where a create meets an object of the same name. The
 * provider of a rehearsal is older and takes such an object over without a word
 * (pulumi-kubernetes CHANGELOG, 4.29.0). An object that is older than the operation which
 * "creates" it was there before.
 * @param startedAtMs when the operation began; Kubernetes tells ages in whole seconds.
 */
export function existingObjectRefusal(
  step: Pick<StepEventMetadata, "op" | "type" | "urn" | "new">,
  startedAtMs: number,
): string | undefined {
  if (!step.type.startsWith("kubernetes:") || !step.op.startsWith("create")) return undefined;
  const { metadata } = (step.new?.outputs ?? {}) as {
    readonly metadata?: { readonly name?: string; readonly creationTimestamp?: string };
  };
  const made = Date.parse(metadata?.creationTimestamp ?? "");
  // An object that is made in a preview, or that failed, has no age.
  if (Number.isNaN(made) || made >= Math.floor(startedAtMs / 1_000) * 1_000) return undefined;
  return `${metadata?.name} exists already: production's provider refuses to create ${step.urn} over it. Delete the object, or import it.`;
}
