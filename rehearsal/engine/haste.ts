import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { nameOf, type StateResource } from "./operation.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

interface Spec {
  readonly minReadySeconds?: number;
}

/**
 * Shortens the pauses of a program's rollouts. `minReadySeconds` runs by the cluster's own clock,
 * which can't be scaled as a cloud's can. Each begun minute becomes a second, so inputs, state and
 * cluster agree.
 */
export class Haste {
  /** `minReadySeconds` that the program asked for, by logical name of the Deployment. */
  readonly #asked = new Map<string, number>();

  /** The program with its pauses shortened. */
  shortened(program: PulumiFn): PulumiFn {
    return async () => {
      pulumi.runtime.registerStackTransformation((resource) => {
        if (resource.type !== DEPLOYMENT) return undefined;
        const { spec } = resource.props as { readonly spec: Spec };
        const { minReadySeconds } = spec;
        if (minReadySeconds === undefined) return undefined;
        this.#asked.set(resource.name, minReadySeconds);
        const short = { ...spec, minReadySeconds: Math.ceil(minReadySeconds / 60) };
        return { props: { ...resource.props, spec: short }, opts: resource.opts };
      });
      return await program();
    };
  }

  /** A resource of the state or of a step, with the pause that the program asked for. */
  asAsked<Resource extends Pick<StateResource, "urn" | "type" | "inputs">>(
    resource: Resource,
  ): Resource {
    const minReadySeconds = this.#asked.get(nameOf(resource.urn));
    if (resource.type !== DEPLOYMENT || minReadySeconds === undefined) return resource;
    const spec = { ...(resource.inputs?.["spec"] as Spec), minReadySeconds };
    return { ...resource, inputs: { ...resource.inputs, spec } };
  }

  /** An event of the engine, with the pauses that the program asked for. */
  eventAsAsked(event: EngineEvent): EngineEvent {
    const { resourcePreEvent } = event;
    if (resourcePreEvent === undefined) return event;
    const { metadata } = resourcePreEvent;
    return {
      ...event,
      resourcePreEvent: {
        ...resourcePreEvent,
        metadata: {
          ...metadata,
          ...(metadata.old && { old: this.asAsked(metadata.old) }),
          ...(metadata.new && { new: this.asAsked(metadata.new) }),
        },
      },
    };
  }
}
