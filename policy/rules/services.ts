import { fits, isKind, metadataOf, podsOf, specOf, type Labels } from "./objects.ts";
import type { StackRule } from "./rule.ts";

interface ServiceSpec {
  readonly selector?: Labels;
  readonly ports?: readonly { readonly port: number; readonly targetPort?: unknown }[];
}

/** Each Service leads to the pods of one Deployment, and to ports of theirs. */
export const services: StackRule = {
  name: "services-lead-to-pods",
  level: "mandatory",
  says: "Each Service's selector matches the pods of exactly one Deployment, and each of its ports is one of theirs: else every pod is well and nobody reaches one.",
  check: (resources) =>
    resources
      .filter((resource) => isKind(resource, "Service"))
      .flatMap((service) => {
        const { selector = {}, ports = [] } = specOf<ServiceSpec>(service);
        const behind = resources.filter(
          (resource) =>
            isKind(resource, "Deployment") &&
            metadataOf(resource).namespace === metadataOf(service).namespace &&
            fits(selector, podsOf(resource)?.labels ?? {}),
        );
        const offered = behind
          .flatMap((each) => podsOf(each)?.containers ?? [])
          .flatMap((container) => container.ports ?? [])
          .flatMap(({ name, containerPort }) => [name, containerPort] as unknown[]);
        return [
          ...(behind.length === 1
            ? []
            : [`the Service leads to the pods of ${behind.length} Deployments`]),
          ...ports
            .filter(({ port, targetPort = port }) => !offered.includes(targetPort))
            .map((_, at) => `port ${at} of the Service is none of its pods'`),
        ].map((message) => ({ urn: service.urn, message }));
      }),
};
