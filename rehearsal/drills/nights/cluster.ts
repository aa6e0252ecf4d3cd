import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { loseCluster, losePool } from "../../clouds/mishaps.ts";
import { TUNNEL } from "../../clouds/cloudflare/tunnel.ts";
import { RECORD } from "../../clouds/cloudflare/dns.ts";
import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import { CLUSTER_STEPS, POOL_STEPS, RELEASE_STEPS, totalOf } from "../../../ops/rebuild/times.ts";
import { nameOf } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import type { World } from "../../clouds/world.ts";
import { liveApi, liveDeployments, onlyCluster, placementChecks } from "../live.ts";
import { jobsOf } from "../move-checks.ts";
import type { Night } from "./night.ts";
import { refusedAnew } from "./refused-anew.ts";
import { differences, whatRuns } from "./what-runs.ts";
import { kubernetesWithdrawn, rebuiltVersion } from "./withdrawn.ts";

/** Nights in which the cluster or its machines are lost, and the data lives. */

const STOPPED =
  /unreachable cluster|cluster is unreachable|no such host|ECONNREFUSED|connection refused/u;

/** The cluster was deleted without the stack. */
const deleted: Night = {
  number: 1,
  title: "the cluster is deleted",
  run: async (operator) => {
    const { world } = operator.rehearsal;
    await kubernetesWithdrawn(operator);
    const before = untouchedIn(world);
    await loseCluster(world);
    const refused = await operator.deploy();
    operator.check(
      "a cluster that does not answer stops the deploy",
      refused.failure === undefined ? ["the update went on"] : [],
      refused.diagnostics.find((line) => STOPPED.test(line))?.slice(0, 160) ?? "refused",
    );
    const { said: looked } = await operator.rebuild();
    const said = await operator.rebuilt("cluster");
    const [up] = operator.stretches;
    const estimate = totalOf([...CLUSTER_STEPS, ...POOL_STEPS, ...RELEASE_STEPS]);
    operator.check(
      "the command alone names the night, and its estimate is within a fifth of the scaled clock",
      [
        ...[/night "cluster"/u, /npm run rebuild -- cluster/u]
          .filter((words) => !words.test(looked))
          .map((words) => `not said: ${String(words)}; but ${looked}`),
        ...(Math.abs(estimate - (up?.seconds ?? 0)) <= (up?.seconds ?? 0) / 5
          ? []
          : [`${estimate} s, and it took ${up?.seconds} s`]),
      ],
      said.split("\n").find((line) => line.includes("answers again")) ?? "",
    );
    rebuiltVersion(operator);
    const placed = await placementChecks(operator.rehearsal);
    operator.check(
      "the new cluster's pods are placed, admitted and found by their Services",
      placed.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`),
      `${placed.length} checks`,
    );
    const after = untouchedIn(world);
    operator.check(
      "tunnel, records and databases are the ones of before",
      [...before].filter((thing) => !after.includes(thing)),
      `${before.length} things`,
    );
    return {
      lost: "nothing",
      decided: "DigitalOcean answered 404, twice, to a token of the account",
    };
  },
};

function untouchedIn(world: World): readonly string[] {
  return [TUNNEL, RECORD, DATABASE].flatMap((type) =>
    world
      .find(type)
      .map(({ id, properties }) => `${type} ${id} ${JSON.stringify(properties["content"] ?? "")}`),
  );
}

/** The machines of the workloads are gone, with their pool. */
const poolGone: Night = {
  number: 3,
  title: "the node pool is gone",
  run: async (operator) => {
    const { rehearsal } = operator;
    const jobs = await jobsOf(rehearsal);
    await losePool(rehearsal.world);
    await refusedAnew(operator, "cluster-workloads");
    await operator.rebuilt("cluster");
    const after = await jobsOf(rehearsal);
    operator.check(
      "no Job ran a second time",
      [...after].filter((job) => !jobs.has(job)),
      `${jobs.size} Jobs as they were`,
    );
    return {
      lost: "nothing",
      decided: "the pool and its successor can't both serve: a person says it is gone",
    };
  },
};

/** Time in which every node must be NotReady, milliseconds: the controller waits 50 s for it. */
const NOT_READY_MS = 120_000;

const POLL_MS = 500;

/** No node sends a heartbeat, and then all of them are back. */
const notReady: Night = {
  number: 3,
  title: "no node is ready",
  run: async (operator) => {
    const { rehearsal } = operator;
    const before = await whatRuns(rehearsal);
    const end = await rehearsal.clusters.holdKubelets(onlyCluster(rehearsal));
    await nodesTurn(rehearsal, false);
    const { said } = await operator.rebuild();
    // An update would wait for the pods, and fail after ten minutes.
    const preview = await operator.preview();
    await end();
    await nodesTurn(rehearsal, true);
    operator.check(
      "the cluster is not taken for a lost one: nothing would be made, replaced or deleted",
      [
        ...(/All that the last update left is there/u.test(said) ? [] : [said]),
        ...(preview.failure === undefined ? [] : [preview.failure]),
        ...preview.steps
          .filter(({ op }) => op !== "update")
          .map(({ op, urn }) => `${op} ${nameOf(urn)}`),
        ...differences(before, await whatRuns(rehearsal)),
      ],
      said.split("\n").findLast((line) => line.startsWith("All")) ?? "",
    );
    return {
      lost: "nothing",
      decided: "DigitalOcean says running: its nodes come back, or are recycled there",
    };
  },
};

/** Waits until all nodes are ready, and then every pod; or until no node is ready. */
async function nodesTurn(rehearsal: Rehearsal, isReady: boolean): Promise<void> {
  const api = liveApi(rehearsal);
  const deadline = performance.now() + NOT_READY_MS;
  for (;;) {
    const { items } = await api.listNode();
    const wrong = items.filter(
      ({ status }) =>
        (status?.conditions?.find(({ type }) => type === "Ready")?.status === "True") !== isReady,
    );
    if (isReady && wrong.length === 0) await podsReported(rehearsal);
    const away = (await liveDeployments(rehearsal)).filter(
      ({ spec, status }) => (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1),
    );
    if (wrong.length === 0 && (away.length === 0 || !isReady)) return;
    if (performance.now() > deadline)
      throw new Error(
        `${wrong.length} of ${items.length} nodes and ${away.length} Deployments are not as awaited.`,
      );
    await sleep(POLL_MS);
  }
}

/**
 * Reports the pods' readiness again, as a kubelet does once its node is back. Meanwhile the node
 * controller has marked them not ready. kwok reports a pod once only.
 */
async function podsReported(rehearsal: Rehearsal): Promise<void> {
  const api = liveApi(rehearsal);
  const { items } = await api.listPodForAllNamespaces();
  const condition = { type: "Ready", status: "True", lastTransitionTime: new Date() };
  for (const { metadata, status } of items)
    if (
      status?.phase === "Running" &&
      status.containerStatuses?.every(({ ready }) => ready) === true &&
      status.conditions?.some(({ type, status: is }) => type === "Ready" && is !== "True") === true
    )
      await api.patchNamespacedPodStatus(
        {
          name: metadata?.name ?? "",
          namespace: metadata?.namespace ?? "",
          body: { status: { conditions: [condition] } },
        },
        setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
      );
}

/** Nights of the cluster. */
export const CLUSTER_NIGHTS: readonly Night[] = [deleted, poolGone, notReady];
