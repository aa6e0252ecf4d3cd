import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { CRASHING_ANNOTATION, MISSING_IMAGE } from "../kubernetes/stages.ts";

/** A mistake in the pods of one Deployment, added between the program and the engine. */
export interface PodMistake {
  /** The Deployment's name. */
  readonly deployment: string;
  readonly make: (template: Template) => void;
}

interface Template {
  readonly metadata: { annotations?: Record<string, string> };
  readonly spec: {
    readonly containers: { image: string; readonly securityContext: Record<string, unknown> }[];
  };
}

/** An image that the registry does not have. */
export const imageIsGone = (deployment: string): PodMistake => ({
  deployment,
  make: ({ spec: { containers } }) => (containers[0]!.image = MISSING_IMAGE),
});

/** A privilege that Pod Security refuses, because the namespace is restricted. */
export const mayGainPrivilege = (deployment: string): PodMistake => ({
  deployment,
  make: ({ spec: { containers } }) =>
    (containers[0]!.securityContext["allowPrivilegeEscalation"] = true),
});

/** A program that ends at once with this output. */
export const endsAtOnce = (deployment: string, words: string): PodMistake => ({
  deployment,
  make: ({ metadata }) =>
    (metadata.annotations = { ...metadata.annotations, [CRASHING_ANNOTATION]: words }),
});

/** The program with a mistake. */
export function withMistake(program: PulumiFn, { deployment, make }: PodMistake): PulumiFn {
  return async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
      if (type !== "kubernetes:apps/v1:Deployment" || name !== deployment) return undefined;
      make((props as { spec: { template: Template } }).spec.template);
      return { props, opts };
    });
    return await program();
  };
}
