import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { CRASHING_ANNOTATION, MISSING_IMAGE } from "../kubernetes/stages.ts";

/** A mistake in the pods of one Deployment, made between the program and the engine. */
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

/** The registry has no such image. */
export const imageIsGone = (deployment: string): PodMistake => ({
  deployment,
  make: ({ spec: { containers } }) => (containers[0]!.image = MISSING_IMAGE),
});

/** Pod Security does not let it in: the namespace is a restricted one. */
export const mayGainPrivilege = (deployment: string): PodMistake => ({
  deployment,
  make: ({ spec: { containers } }) =>
    (containers[0]!.securityContext["allowPrivilegeEscalation"] = true),
});

/** Its program ends as soon as it has begun, with these words. */
export const endsAtOnce = (deployment: string, words: string): PodMistake => ({
  deployment,
  make: ({ metadata }) =>
    (metadata.annotations = { ...metadata.annotations, [CRASHING_ANNOTATION]: words }),
});

/** The program, with a mistake in it. */
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
