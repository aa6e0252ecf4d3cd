import { AppsV1Api, type V1Deployment } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { ASSETS_HEALTH_PATH } from "../../domain/static-paths.ts";
import { NAMESPACE, SERVICES } from "../../config/topology.ts";
import { checkDrain } from "../checks/drain.ts";
import { checkLoad } from "../checks/load.ts";
import { ClientPods } from "../node/client-pods.ts";
import type { RealNode } from "../node/node.ts";
import type { Target } from "../node/steady-load.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import type { Findings } from "./drill.ts";
import {
  liveApi,
  liveConfig,
  liveDeployments,
  livePods,
  restartByHand,
  scaleByHand,
} from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/** Answers 200 without any other service. */
const PATHS: Readonly<Record<keyof typeof SERVICES, string>> = {
  web: "/health",
  streaming: "/api/v1/streaming/health",
  assets: ASSETS_HEALTH_PATH,
};
const TARGETS = Object.keys(PATHS) as readonly (keyof typeof SERVICES)[];
/** Timeout for Deployments to settle, milliseconds; streaming alone needs 30 s. */
const REST_MS = 120_000;
const POLL_MS = 250;

/**
 * Requests that continue while pods start and stop: in a rollout, when scaling up, in a drain of
 * each node.
 */
export function loadPhase(
  context: DrillContext,
  findings: Findings,
  nodes: () => readonly RealNode[],
): Phase {
  return {
    title: "load",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const clients = await ClientPods.start(
        liveApi(rehearsal),
        nodes(),
        await targetsOf(rehearsal),
      );
      const during = async (what: string, act: () => Promise<void>): Promise<string> => {
        const startedAt = Date.now();
        await act();
        const seconds = Math.round((Date.now() - startedAt) / 1000);
        const sent = (await Promise.all(clients.loads.map((load) => load.sent()))).flat();
        const check = checkLoad(what, TARGETS, sent);
        findings.checks.push(check);
        return `${what}: ${check.detail} (${seconds} s)`;
      };
      try {
        const lines = [
          await during("a rollout of everything at once", () => rollout(rehearsal)),
          await during("growth, and its end", () => growth(rehearsal)),
          await during("a drain of one node after the other", async () => {
            await addSurgeNode(rehearsal);
            findings.checks.push(...(await checkDrain(liveConfig(rehearsal))));
          }),
        ];
        return lines.join("; ").slice(0, 300);
      } finally {
        await clients.stop();
      }
    },
  };
}

async function targetsOf(rehearsal: Rehearsal): Promise<readonly Target[]> {
  const { items } = await liveApi(rehearsal).listNamespacedService({ namespace: NAMESPACE });
  return TARGETS.map((name) => {
    const { name: called, port } = SERVICES[name];
    const host = items.find(({ metadata }) => metadata?.name === called)?.spec?.clusterIP;
    if (host === undefined) throw new Error(`There is no Service ${called}.`);
    return { name, host, port, path: PATHS[name], headers: {} };
  });
}

async function rollout(rehearsal: Rehearsal): Promise<void> {
  const names = (await liveDeployments(rehearsal)).map(nameOf);
  const restarted = names.filter((name) => !name.startsWith("cloudflared"));
  await Promise.all(restarted.map((name) => restartByHand(rehearsal, name)));
  await rest(rehearsal);
}

async function growth(rehearsal: Rehearsal): Promise<void> {
  const grown = (await liveDeployments(rehearsal)).filter(({ metadata }) =>
    ["web", "streaming"].includes(metadata?.name ?? ""),
  );
  const scaleTo = async (more: number): Promise<void> => {
    for (const each of grown)
      await scaleByHand(rehearsal, nameOf(each), (each.spec?.replicas ?? 0) + more);
    await rest(rehearsal);
  };
  await scaleTo(1);
  await scaleTo(0);
}

/** Adds one node, as DOKS does before it drains (`surgeUpgrade` in `infra/cluster.ts`). */
async function addSurgeNode(rehearsal: Rehearsal): Promise<void> {
  const { world } = rehearsal;
  const [id = ""] = world.runningClusters.keys();
  const { items } = await liveApi(rehearsal).listNode();
  const labels = items[0]?.metadata?.labels ?? {};
  const label = (name: string): string => labels[name] ?? "";
  await world.clusters.addNodes(id, [
    {
      name: "surge-aaaaa",
      size: label("node.kubernetes.io/instance-type"),
      region: label("topology.kubernetes.io/region"),
      version: label("doks.digitalocean.com/version"),
      poolName: label("doks.digitalocean.com/node-pool"),
      poolId: label("doks.digitalocean.com/node-pool-id"),
      ...{ nodeId: world.newId(), dropletId: 1, labels: {}, taints: [] },
    },
  ]);
}

function nameOf({ metadata }: V1Deployment): string {
  return metadata?.name ?? "";
}

/** Waits until every Deployment has all its pods, ready, and no old one. */
async function rest(rehearsal: Rehearsal): Promise<void> {
  const apps = liveConfig(rehearsal).makeApiClient(AppsV1Api);
  const deadline = Date.now() + REST_MS;
  for (;;) {
    const { items } = await apps.listNamespacedDeployment({ namespace: NAMESPACE });
    const moving = items.filter(isMoving).map(nameOf);
    const leaving = (await livePods(rehearsal))
      .filter(({ metadata }) => metadata?.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata?.name ?? "");
    if (moving.length + leaving.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(
        `${[...moving, ...leaving].join(", ")}: not at rest after ${REST_MS / 1000} s`,
      );
    await sleep(POLL_MS);
  }
}

function isMoving({ metadata, spec, status }: V1Deployment): boolean {
  const wanted = spec?.replicas ?? 0;
  const has = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
  return (
    status?.observedGeneration !== metadata?.generation ||
    has.some((count) => (count ?? 0) !== wanted)
  );
}
