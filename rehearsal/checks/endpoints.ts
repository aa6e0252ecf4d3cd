import type {
  CoreV1Api,
  DiscoveryV1Api,
  V1EndpointSlice,
  V1Service,
} from "@kubernetes/client-node";
import { checkOf, type Check } from "./check.ts";

/**
 * Checks that every Service with a selector leads to a ready pod on each of its ports. Pulumi does
 * not check that: it treats a Service whose selector matches no pod as ready.
 */
export function checkEndpoints(
  services: readonly V1Service[],
  slices: readonly V1EndpointSlice[],
): Check {
  const selecting = services.filter(({ spec }) => spec?.selector !== undefined);
  const complaints = selecting.flatMap(({ metadata, spec }) => {
    const own = slices.filter(
      (slice) =>
        slice.metadata?.namespace === metadata?.namespace &&
        slice.metadata?.labels?.["kubernetes.io/service-name"] === metadata?.name &&
        slice.endpoints?.some(({ conditions }) => conditions?.ready === true),
    );
    if (own.length === 0) return [`${metadata?.name} leads to no ready pod`];
    return (spec?.ports ?? [])
      .filter(({ name }) => !own.some(({ ports }) => ports?.some((port) => port.name === name)))
      .map(({ name, port }) => `no pod of ${metadata?.name} has the port ${name ?? port}`);
  });
  return checkOf(
    "every Service with a selector leads to ready pods",
    selecting.length === 0 ? ["there is no Service with a selector"] : complaints,
    `${selecting.length} Services`,
  );
}

/** The same for a live cluster, in all namespaces. */
export async function checkLiveEndpoints(
  core: CoreV1Api,
  discovery: DiscoveryV1Api,
): Promise<Check> {
  const [services, slices] = await Promise.all([
    core.listServiceForAllNamespaces(),
    discovery.listEndpointSliceForAllNamespaces(),
  ]);
  return checkEndpoints(services.items, slices.items);
}
