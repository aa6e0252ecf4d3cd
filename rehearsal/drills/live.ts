import {
  AppsV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1Pod,
} from "@kubernetes/client-node";
import { join } from "node:path";
import { makeAuthority } from "../authority.ts";
import { checkAssetsOrigin, type Releases } from "../checks/assets-origin.ts";
import type { Check } from "../checks/check.ts";
import { checkConnections } from "../checks/connections.ts";
import { checkLiveEndpoints } from "../checks/endpoints.ts";
import { checkNetworkMatrix } from "../checks/network-matrix.ts";
import {
  checkPlacement,
  checkPodSecurityBites,
  checkQuotaBites,
  snapshotOf,
} from "../checks/placement.ts";
import { checkItSees, checkStreamingReads, type Askers } from "../checks/streaming-reads.ts";
import { checkWebStop } from "../checks/web-stop.ts";
import { checkStreamingStartup } from "../checks/streaming-startup.ts";
import { checkSidekiq } from "../checks/sidekiq.ts";
import { checkStrict } from "../checks/strict.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { queryFromPod } from "../pods/query-from-pod.ts";
import type { ProbeGround } from "../pods/probes.ts";
import { liveValues } from "../pods/live-values.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { mediaHostsOfCluster } from "../../domain/media.ts";
import { parseConfig } from "../../input/parse.ts";
import type { StackConfig } from "../../config/schema.ts";
import { factsOf } from "../../facts/mastodon/minors.ts";
import { IMAGES } from "../../config/images.ts";
import { partsOf } from "../../domain/images.ts";
import { flowsOf } from "../../k8s/flows/all.ts";
import { NAMESPACE } from "../../config/topology.ts";

/** Scales a Deployment with `kubectl`, without Pulumi. */
export async function scaleByHand(
  rehearsal: Rehearsal,
  name: string,
  replicas: number,
): Promise<void> {
  const api = liveConfig(rehearsal).makeApiClient(AppsV1Api);
  const body = { spec: { replicas } };
  await api.patchNamespacedDeploymentScale(
    { name, namespace: NAMESPACE, body },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
}

/** API of the only running cluster. @throws if there is none or more than one. */
export function liveApi(rehearsal: Rehearsal): CoreV1Api {
  return liveConfig(rehearsal).makeApiClient(CoreV1Api);
}

/** The Deployments of the stack. */
export async function liveDeployments(rehearsal: Rehearsal): Promise<readonly V1Deployment[]> {
  const api = liveConfig(rehearsal).makeApiClient(AppsV1Api);
  return (await api.listNamespacedDeployment({ namespace: NAMESPACE })).items;
}

/** Recreates every pod of a Deployment, as a new image does (`kubectl rollout restart`). */
export async function restartByHand(rehearsal: Rehearsal, name: string): Promise<void> {
  const api = liveConfig(rehearsal).makeApiClient(AppsV1Api);
  const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
  const body = { spec: { template: { metadata: { annotations } } } };
  await api.patchNamespacedDeployment(
    { name, namespace: NAMESPACE, body },
    setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
  );
}

/** Id of the only running cluster. @throws if there is none or more than one. */
export function onlyCluster({ world }: Rehearsal): string {
  const ids = [...world.runningClusters.keys()];
  const [id] = ids;
  if (id === undefined || ids.length > 1)
    throw new Error(`Expected one running cluster, found ${ids.length}.`);
  return id;
}

/** Kubeconfig of the only running cluster. @throws if there is none or more than one. */
export function liveConfig(rehearsal: Rehearsal): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(rehearsal.clusters.kubeconfigPath(onlyCluster(rehearsal)));
  return config;
}

/** Checks placement, Pod Security and Services of everything that runs. */
export async function placementChecks(
  rehearsal: Rehearsal,
  { cluster }: Pick<StackConfig, "cluster"> = parseConfig(readStackFile()),
): Promise<readonly Check[]> {
  const api = liveApi(rehearsal);
  const paid = cluster.basePool.nodes + cluster.workloadPool.nodes;
  return [
    ...checkPlacement(await snapshotOf(api), paid),
    await checkPodSecurityBites(api, NAMESPACE),
    await checkQuotaBites(api, NAMESPACE),
    await checkLiveEndpoints(api, liveConfig(rehearsal).makeApiClient(DiscoveryV1Api)),
  ];
}

/** Tries every object of the last update on the API server with strict validation. */
export async function strictCheck(rehearsal: Rehearsal): Promise<Check> {
  const [id = ""] = rehearsal.world.runningClusters.keys();
  const { stack, clusters } = rehearsal;
  return await checkStrict(stack.askedObjects(), await stack.resources(), {
    kubectl: clusters.kubectl,
    kubeconfig: clusters.kubeconfigPath(id),
  });
}

/** The pods of the stack's namespace. */
export async function livePods(rehearsal: Rehearsal): Promise<readonly V1Pod[]> {
  return (await liveApi(rehearsal).listNamespacedPod({ namespace: NAMESPACE })).items;
}

/** Parts of this world that probes from pods need. */
export async function probeGround(rehearsal: Rehearsal): Promise<ProbeGround> {
  const other = await makeAuthority("CN=signed nothing here");
  return {
    read: liveValues(liveApi(rehearsal), NAMESPACE),
    hosts: rehearsal.hosts(),
    root: rehearsal.imageRoot,
    trustStore: await rehearsal.databases.publicRoots(),
    otherCa: other.pair.certificate,
    directory: join(rehearsal.directory, "probes"),
  };
}

/** Compares the live policies with the table of flows. */
export async function networkCheck(
  rehearsal: Rehearsal,
  config: StackConfig = parseConfig(readStackFile()),
): Promise<Check> {
  const sidekiq = config.sidekiq.map(({ name }) => `sidekiq-${name}`);
  const options = { ...config, mediaThroughCluster: mediaHostsOfCluster(config).length > 0 };
  const { items } = await liveConfig(rehearsal)
    .makeApiClient(NetworkingV1Api)
    .listNamespacedNetworkPolicy({ namespace: NAMESPACE });
  return checkNetworkMatrix(await livePods(rehearsal), items, flowsOf(sidekiq, options));
}

/** Requests files of both releases from the assets origin. */
export async function assetsChecks(
  rehearsal: Rehearsal,
  releases: Releases,
): Promise<readonly Check[]> {
  const pods = (await livePods(rehearsal)).filter(
    ({ metadata }) =>
      metadata?.labels?.["app.kubernetes.io/component"] === "assets" &&
      metadata.deletionTimestamp === undefined,
  );
  return await checkAssetsOrigin(pods, (uid) => rehearsal.runners.serverOf(uid), releases);
}

/** Checks the liveness probe of Sidekiq. */
export async function livenessCheck(rehearsal: Rehearsal): Promise<Check> {
  const sidekiq = (await livePods(rehearsal)).find(({ metadata }) =>
    metadata?.labels?.["app.kubernetes.io/component"]?.startsWith("sidekiq-"),
  );
  if (sidekiq === undefined) throw new Error("There is no Sidekiq pod.");
  return await checkSidekiq(sidekiq, await probeGround(rehearsal));
}

/** A pod of a component that is not being deleted. @throws Error if there is none. */
export async function aPodOf(rehearsal: Rehearsal, component: string): Promise<V1Pod> {
  const found = (await livePods(rehearsal)).find(
    ({ metadata }) =>
      metadata?.labels?.["app.kubernetes.io/component"] === component &&
      metadata.deletionTimestamp === undefined,
  );
  if (found === undefined) throw new Error(`There is no pod of ${component}.`);
  return found;
}

/**
 * Checks the permissions of streaming's role. Also checks that the check detects a table that was
 * granted.
 * @param release the deployed image of Mastodon. Default: the committed one.
 */
export async function streamingReadsChecks(
  rehearsal: Rehearsal,
  release: string = IMAGES.mastodon,
): Promise<readonly Check[]> {
  const [streaming, web, grants] = await Promise.all(
    ["streaming", "web", "database-grants"].map((component) => aPodOf(rehearsal, component)),
  );
  const askers: Askers = { streaming: streaming!, web: web!, grants: grants! };
  const { streamingReads } = factsOf(partsOf(release).tag);
  const ground = await probeGround(rehearsal);
  return [
    await checkStreamingReads(askers, streamingReads, ground),
    await checkItSees(askers, streamingReads, ground),
  ];
}

/** Stops a live web pod's own program while it answers. */
export async function webStopCheck(rehearsal: Rehearsal, host: string): Promise<Check> {
  return await checkWebStop(await aPodOf(rehearsal, "web"), host, await probeGround(rehearsal));
}

/** Checks the startup probe of streaming. */
export async function streamingStartupCheck(rehearsal: Rehearsal): Promise<Check> {
  return await checkStreamingStartup(
    await aPodOf(rehearsal, "streaming"),
    await probeGround(rehearsal),
  );
}

/** Checks every workload's connections from its pod's network. */
export async function connectionChecks(rehearsal: Rehearsal): Promise<readonly Check[]> {
  return await checkConnections(await livePods(rehearsal), await probeGround(rehearsal));
}

/** Runs SQL on the database as web does, from one of its pods; returns the output. */
export async function queryAsWeb(rehearsal: Rehearsal, sql: string): Promise<string> {
  const web = (await livePods(rehearsal)).find(
    ({ metadata }) => metadata?.labels?.["app.kubernetes.io/component"] === "web",
  );
  if (web === undefined) throw new Error("There is no web pod to run SQL from.");
  return await queryFromPod(web, "puma", sql, await probeGround(rehearsal));
}
