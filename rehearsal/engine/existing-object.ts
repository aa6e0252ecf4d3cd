import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/**
 * Production's error for a create whose object exists already. The rehearsal's provider is older
 * and silently takes such an object over (pulumi-kubernetes CHANGELOG, 4.29.0). An object that is
 * older than the operation existed before it.
 * @param startedAtMs start of the operation; Kubernetes gives ages in whole seconds.
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
  // An object of a preview or of a failed create has no age.
  if (Number.isNaN(made) || made >= Math.floor(startedAtMs / 1_000) * 1_000) return undefined;
  return `${metadata?.name} exists already: production's provider refuses to create ${step.urn} over it. Delete the object, or import it.`;
}
