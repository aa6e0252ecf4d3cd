import type { CoreV1Api, V1Container, V1Node, V1Pod } from "@kubernetes/client-node";
import type { NodeSize } from "../../facts/digitalocean/droplets.ts";
import { allocatableOf } from "../../facts/digitalocean/droplets.ts";
import { checkOf, type Check } from "./check.ts";

/** MiB by which a node's memory may differ through the machine's rounding. */
const ROUNDING_MIB = 8;

/**
 * Checks that every workload is ready by its own probes, asked by a kubelet, and without unexpected
 * restarts.
 */
export async function checkRealPods(api: CoreV1Api): Promise<readonly Check[]> {
  const [{ items: nodes }, { items: pods }] = await Promise.all([
    api.listNode(),
    api.listPodForAllNamespaces(),
  ]);
  const standing = pods.filter(({ status }) => status?.phase !== "Succeeded");
  const containers = standing.flatMap(({ spec }) => spec?.containers ?? []);
  const probes = containers.flatMap(probesOf);
  return [
    checkOf(
      "every pod is Ready by its own probes, at its first start",
      standing.flatMap(faultsOf),
      `${standing.length} pods with ${probes.length} probes: ${countsOf(probes)}; seconds until Ready: ${readyWords(standing)}`,
    ),
    checkOf(
      "each node runs a kubelet with containerd, and leaves for pods what its Droplet does",
      nodes.flatMap(nodeFaults),
      nodes
        .map(({ status }) => `${status?.allocatable?.["cpu"]}, ${status?.allocatable?.["memory"]}`)
        .join("; "),
    ),
  ];
}

function faultsOf({ metadata, status }: V1Pod): readonly string[] {
  const name = metadata?.name ?? "";
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const started = (status?.containerStatuses ?? []).filter(({ restartCount }) => restartCount > 0);
  return [
    ...(ready?.status === "True"
      ? []
      : [`${name} is not Ready: ${ready?.message ?? status?.phase}`]),
    ...started.map((each) => `${name} started ${each.name} ${each.restartCount + 1} times`),
  ];
}

/** Longest time from creation to Ready for each component, slowest first: "web 8, assets 3". */
export function readyWords(pods: readonly V1Pod[]): string {
  const longest = new Map<string, number>();
  for (const { metadata, status } of pods) {
    const labels = metadata?.labels ?? {};
    const name = labels["app.kubernetes.io/component"] ?? labels["k8s-app"] ?? metadata?.name ?? "";
    const ready = status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
    const [from, to] = [metadata?.creationTimestamp?.getTime(), ready?.getTime()];
    if (from === undefined || to === undefined) continue;
    longest.set(name, Math.max(longest.get(name) ?? 0, Math.round((to - from) / 1000)));
  }
  return [...longest]
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, seconds]) => `${name} ${seconds}`)
    .join(", ");
}

function probesOf(container: V1Container): readonly string[] {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  return Object.entries({
    startup: startupProbe,
    readiness: readinessProbe,
    liveness: livenessProbe,
  })
    .filter(([, probe]) => probe !== undefined)
    .map(([kind]) => kind);
}

function countsOf(kinds: readonly string[]): string {
  return [...new Set(kinds)]
    .map((kind) => `${kinds.filter((each) => each === kind).length} ${kind}`)
    .join(", ");
}

function nodeFaults({ metadata, status }: V1Node): readonly string[] {
  const name = metadata?.name ?? "";
  const size = metadata?.labels?.["node.kubernetes.io/instance-type"] as NodeSize;
  const { millicpu, mib } = allocatableOf(size);
  const { cpu = "", memory = "" } = status?.allocatable ?? {};
  const has = { millicpu: millicpuOf(cpu), mib: Number.parseInt(memory, 10) / 1024 };
  const runtime = status?.nodeInfo?.containerRuntimeVersion ?? "";
  return [
    ...(runtime.startsWith("containerd://") ? [] : [`${name} runs "${runtime}"`]),
    ...(has.millicpu > millicpu ? [`${name} leaves ${cpu} of CPU, a ${size} ${millicpu}m`] : []),
    ...(has.mib > mib + ROUNDING_MIB ? [`${name} leaves ${memory}, a ${size} ${mib}Mi`] : []),
  ];
}

function millicpuOf(quantity: string): number {
  return quantity.endsWith("m") ? Number.parseInt(quantity, 10) : Number(quantity) * 1000;
}
