import { BatchV1Api, type V1PodStatus } from "@kubernetes/client-node";
import { IMAGES, type Images } from "../../config/images.ts";
import { partsOf } from "../../domain/images.ts";
import { parseConfig } from "../../input/parse.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { runStack } from "../../index.ts";
import type { Check } from "../checks/check.ts";
import { ServingWatch } from "../checks/serving-pods.ts";
import type { Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import type { Rehearsal } from "../rehearsal.ts";
import type { Findings } from "./drill.ts";
import { assetsChecks, liveConfig, livePods, queryAsWeb } from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";
import { upPhases } from "./whole.ts";

/** Upgrades of releases in drills, and observations of the cluster during them. */

const { web, streaming, sidekiq } = parseConfig(readStackFile());
/** Component of the only Sidekiq that may run scheduled jobs. */
export const SCHEDULER = `sidekiq-${sidekiq.find(({ queues }) => queues.includes("scheduler"))?.name ?? ""}`;
/** Limits that must hold at every moment of an upgrade. */
const BOUNDS = {
  ready: { web: web.replicas, streaming: streaming.replicas },
  atMost: { [SCHEDULER]: 1 },
};
const SERVING = ["web", "streaming", ...sidekiq.map(({ name }) => `sidekiq-${name}`)];

/** The committed images, with another version of Mastodon's. */
export function imagesOf(version: string): Images {
  const at = (image: string): string => `${partsOf(image).repository}:${version}`;
  return { ...IMAGES, mastodon: at(IMAGES.mastodon), streaming: at(IMAGES.streaming) };
}

/** Creates the server with these images. */
export function installPhases(
  context: DrillContext,
  findings: Findings,
  images: Images,
): readonly Phase[] {
  return [
    {
      title: `release ${partsOf(images.mastodon).tag}`,
      run: async () => {
        rehearsalOf(context).stack.deploy(() => runStack(images));
        return partsOf(images.mastodon).tag;
      },
    },
    ...upPhases(context, findings),
  ];
}

/** Counts ready pods from now on; the caller must stop it. */
export function watchServing(rehearsal: Rehearsal): Promise<ServingWatch> {
  return ServingWatch.start(liveConfig(rehearsal), NAMESPACE, BOUNDS);
}

/** Requests files of both releases from the real nginx of the assets origin. */
export async function bothAnswered(
  rehearsal: Rehearsal,
  when: "in the middle of" | "after",
  from: Images,
  to: Images,
): Promise<readonly Check[]> {
  const [previous, current] = [partsOf(from.mastodon).tag, partsOf(to.mastodon).tag];
  const checks = await assetsChecks(rehearsal, { current, previous });
  return checks.map((check) => ({
    ...check,
    name: `${when} the upgrade to ${current}, ${check.name}`,
  }));
}

/** Jobs and pods, each with its UID. */
export async function everythingThatRan(rehearsal: Rehearsal): Promise<ReadonlySet<string>> {
  const query = { namespace: NAMESPACE };
  const jobs = await liveConfig(rehearsal).makeApiClient(BatchV1Api).listNamespacedJob(query);
  const pods = await livePods(rehearsal);
  return new Set(
    [...jobs.items, ...pods].map(({ metadata }) => `${metadata?.name} ${metadata?.uid}`),
  );
}

/**
 * Images of the ready pods, each once: a pod that is not ready serves no requests.
 * @param components components to look at. Default: all that serve.
 */
export async function servingImages(
  rehearsal: Rehearsal,
  components: readonly string[] = SERVING,
): Promise<readonly string[]> {
  const pods = (await livePods(rehearsal)).filter(
    ({ metadata, status }) =>
      components.includes(metadata?.labels?.["app.kubernetes.io/component"] ?? "") &&
      metadata?.deletionTimestamp === undefined &&
      isReady(status),
  );
  return [
    ...new Set(pods.flatMap(({ spec }) => spec?.containers.map(({ image }) => image ?? "") ?? [])),
  ];
}

function isReady(status: V1PodStatus | undefined): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true
  );
}

/** Whether the image belongs to a release. */
export function isOf(image: string, { mastodon, streaming: streamingImage }: Images): boolean {
  return image === mastodon || image === streamingImage;
}

/** Number of times that a Job has started Rails. The fake Rails counts them. */
export async function bootsOf(rehearsal: Rehearsal): Promise<number> {
  return Number(await queryAsWeb(rehearsal, "SELECT count(*) FROM rehearsal_boots"));
}
