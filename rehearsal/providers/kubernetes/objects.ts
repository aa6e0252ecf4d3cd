import type { KubernetesObject } from "@kubernetes/client-node";
import type { Properties } from "../provider.ts";
import { reveal } from "../values.ts";
import { kindKey } from "./kinds.ts";
import type { ObjectRef } from "./object-ref.ts";

/** From a resource's inputs to what the API server is sent. Pure. */

/** How the state calls an object: `namespace/name`. */
export function idOf({ namespace, name }: ObjectRef): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** `apps/v1/Deployment`. */
export function keyOf(inputs: Properties): string {
  return kindKey(String(inputs["apiVersion"]), String(inputs["kind"]));
}

/** The object in the clear. */
export function objectOf(inputs: Properties): KubernetesObject {
  return inHaste(reveal(inputs) as KubernetesObject & { readonly spec?: object });
}

/** A pause between the pods of a rollout is the cluster's own clock's, and can't be scaled like a cloud's: each begun minute of it is a second here. */
function inHaste(object: KubernetesObject & { readonly spec?: object }): KubernetesObject {
  const { minReadySeconds } = (object.spec ?? {}) as { readonly minReadySeconds?: number };
  if (object.kind !== "Deployment" || minReadySeconds === undefined) return object;
  return {
    ...object,
    spec: { ...object.spec, minReadySeconds: Math.ceil(minReadySeconds / 60) },
  } as KubernetesObject;
}
