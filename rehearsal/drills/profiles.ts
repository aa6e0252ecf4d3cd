import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment } from "@kubernetes/client-node";
import { workloadsOf, type Workload } from "../../domain/capacity/pods.ts";
import { costOf, inDollars } from "../../domain/cost.ts";
import { parseConfig } from "../../input/parse.ts";
import { PROFILE_NAMES, type ProfileName } from "../../config/keys/profile.ts";
import type { StackConfig } from "../../config/schema.ts";
import { scalePools } from "../clouds/mishaps.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { PoolConnections } from "../checks/pool-connections.ts";
import { ServingWatch } from "../checks/serving-pods.ts";
import type { StateResource } from "../engine/operation.ts";
import { nameOf, type Operation } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import type { Rehearsal } from "../rehearsal.ts";
import {
  countByType,
  countsOf,
  noFindings,
  succeeded,
  type Drill,
  type Findings,
} from "./drill.ts";
import {
  liveConfig,
  liveDeployments,
  placementChecks,
  restartByHand,
  scaleByHand,
} from "./live.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";

/** Keys of the committed stack file that set identity and place, and no size. */
const NO_SIZE = ["domain", "webDomain", "region", "cloudflare", "alerts"];
/**
 * Timeout for all pods to be scheduled, milliseconds; the scheduler needs hundredths of a second.
 */
const SETTLED_MS = 20_000;
const POLL_MS = 100;

/**
 * One server that grows through all profiles, with only their sizes. The scheduler must place each
 * pod at minimum scale, at maximum scale, and at maximum scale while every Deployment rolls.
 */
export function profilesDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const before: Before = { resources: [], config: undefined };
  return {
    name: "the four profiles",
    findings,
    phases: [
      ...setupPhases(context),
      ...PROFILE_NAMES.flatMap((profile) => profilePhases(context, findings, profile, before)),
    ],
  };
}

/** Resources and configuration before a phase's step. */
interface Before {
  resources: readonly StateResource[];
  config: StackConfig | undefined;
}

function profilePhases(
  context: DrillContext,
  findings: Findings,
  profile: ProfileName,
  before: Before,
): readonly Phase[] {
  const config = configOf(profile);
  const record = (checks: readonly Check[]): void => {
    findings.checks.push(
      ...checks.map((check) => ({ ...check, name: `${profile}: ${check.name}` })),
    );
  };
  return [
    {
      title: `${profile}: up`,
      run: async () => {
        const { stack } = rehearsalOf(context);
        await stack.editConfig((document) => {
          for (const key of Object.keys(readStackFile()).filter((one) => !NO_SIZE.includes(one)))
            document.deleteIn(["config", `mastodon:${key}`]);
          document.setIn(["config", "mastodon:profile"], profile);
          document.setIn(["config", "mastodon:cluster"], rawCluster());
        });
        const { world } = rehearsalOf(context);
        const watch = await watchGrowth(rehearsalOf(context), before.config, config);
        const held = watch === undefined ? undefined : await PoolConnections.start(world);
        const up = succeeded(findings, await stack.up());
        const resources = await stack.resources();
        record([
          ...(watch === undefined
            ? []
            : [
                await watch.stop(
                  "growing into it, at every moment as many served as before, and streaming's pods stood",
                ),
                poolCheck(up),
              ]),
          ...(held === undefined
            ? []
            : [
                await held.stop("growing into it broke connections through the pool, and no other"),
              ]),
          ...kept(before.resources, resources),
        ]);
        before.resources = resources;
        before.config = config;
        findings.resources = countByType(resources);
        return `${countsOf(up)}; ${inDollars(costOf(config).dollars)} a month`;
      },
    },
    {
      title: `${profile}: at rest`,
      run: async () => {
        const rehearsal = rehearsalOf(context);
        await scalePools(rehearsal.world, "rest");
        record(await settled(rehearsal, config, "at rest", ({ replicas }) => replicas));
        record(await placementChecks(rehearsal, config));
        return `${workloadsOf(config).length} Deployments`;
      },
    },
    {
      title: `${profile}: at its ceiling, in a rollout`,
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const nodes = await scalePools(rehearsal.world, "ceiling");
        for (const { name, replicas, maxReplicas } of workloadsOf(config))
          if (maxReplicas > replicas) await scaleByHand(rehearsal, name, maxReplicas);
        record(await settled(rehearsal, config, "at the ceiling", most));
        for (const { name } of workloadsOf(config)) await restartByHand(rehearsal, name);
        record(await settled(rehearsal, config, "after a rollout at the ceiling", most));
        record(await placementChecks(rehearsal, atCeiling(config)));
        return `${nodes} nodes`;
      },
    },
    {
      title: `${profile}: back at rest`,
      run: async () => {
        const rehearsal = rehearsalOf(context);
        for (const { name, replicas, maxReplicas } of workloadsOf(config))
          if (maxReplicas > replicas) await scaleByHand(rehearsal, name, replicas);
        const nodes = await scalePools(rehearsal.world, "rest");
        record(await settled(rehearsal, config, "back at rest", ({ replicas }) => replicas));
        const preview = succeeded(findings, await rehearsal.stack.preview());
        record([
          checkOf(
            "a preview after growing and shrinking is empty",
            preview.steps.map(({ op, urn }) => `${op} ${nameOf(urn)}`),
            `${preview.counts.same ?? 0} resources unchanged`,
          ),
          checkOf("the rehearsal's own parts worked", rehearsal.faults, "no fault"),
        ]);
        return `${nodes} nodes`;
      },
    },
  ];
}

/**
 * Counts pods while a server grows: there must always be as many as before. If a Sidekiq group is
 * removed, its replacements exist first, because the engine deletes last. The first profile has no
 * such check.
 *
 * If nodes of another size replace the old ones, the old ones are drained after the new ones have
 * the pods. A drain evicts one pod of a component at a time, and never the last.
 */
async function watchGrowth(
  rehearsal: Rehearsal,
  before: StackConfig | undefined,
  after: StackConfig,
): Promise<ServingWatch | undefined> {
  if (before === undefined) return undefined;
  const now = new Set(workloadsOf(after).map(({ name }) => name));
  const counted = workloadsOf(before)
    // The scheduler stops before its replacement starts: two would run each periodic job twice.
    .filter(({ name, surge }) => now.has(name) && surge > 0)
    .map(({ name, replicas }) => {
      const drained = before.cluster.workloadPool.size !== after.cluster.workloadPool.size;
      return [name, Math.max(1, replicas - (drained ? 1 : 0))] as const;
    });
  const streaming = counted.filter(([name]) => name === "streaming");
  return await ServingWatch.start(liveConfig(rehearsal), NAMESPACE, {
    ready: Object.fromEntries(counted.filter((one) => !streaming.includes(one))),
    atMost: {},
    // Its database connections break with the pool, and it ends with them.
    standing: Object.fromEntries(streaming),
  });
}

/** Of everything that serves, only the pool is deleted before its replacement exists. */
function poolCheck(up: Operation): Check {
  const gone = up.steps.filter(({ op }) => op === "delete-replaced");
  const pool = gone.find(({ urn }) => nameOf(urn) === "postgres-pool");
  const made = up.steps.find(
    ({ op, urn }) => op === "create-replacement" && nameOf(urn) === "postgres-pool",
  );
  const served = gone.filter(({ type }) => type === "kubernetes:apps/v1:Deployment");
  const seconds = ((made?.endedAtMs ?? NaN) - (pool?.startedAtMs ?? NaN)) / 1_000;
  return checkOf(
    "growing into it replaced the pool, and no Deployment with it",
    [
      ...(Number.isNaN(seconds) ? ["the pool was not replaced"] : []),
      ...served.map(({ urn }) => `${nameOf(urn)} was deleted`),
    ],
    `the pool was away for ${seconds.toFixed(1)} s here`,
  );
}

const most = ({ maxReplicas }: Workload): number => maxReplicas;

/** Configuration of a server of this profile, with nothing overridden. */
function configOf(profile: ProfileName): StackConfig {
  const base = readStackFile();
  const who = Object.fromEntries(NO_SIZE.map((key) => [key, base[key]]));
  return parseConfig({ ...who, profile, cluster: rawCluster() });
}

function rawCluster(): { readonly version: string } {
  const { version } = (readStackFile() as { readonly cluster: { readonly version: string } })
    .cluster;
  return { version };
}

/** Nodes after the autoscaler has scaled them to their maximum. */
function atCeiling(config: StackConfig): Pick<StackConfig, "cluster"> {
  const { cluster } = config;
  const { workloadPool } = cluster;
  const nodes = workloadPool.maxNodes ?? workloadPool.nodes;
  return { cluster: { ...cluster, workloadPool: { ...workloadPool, nodes } } };
}

/** Waits until each Deployment has all its pods, new and ready, and reports those that have not. */
async function settled(
  rehearsal: Rehearsal,
  config: StackConfig,
  when: string,
  count: (workload: Workload) => number,
): Promise<readonly Check[]> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const live = new Map(
      (await liveDeployments(rehearsal)).map((one) => [one.metadata?.name ?? "", one]),
    );
    const workloads = workloadsOf(config);
    const wrong = [
      ...workloads.flatMap((workload) => lack(live.get(workload.name), workload, count(workload))),
      ...[...live.keys()]
        .filter((name) => !workloads.some((workload) => workload.name === name))
        .map((name) => `${name} runs, and the sum of what runs does not know it`),
    ];
    if (wrong.length === 0 || performance.now() > deadline)
      return [
        checkOf(
          `every pod is ready ${when}`,
          wrong,
          workloads.map((workload) => `${workload.name} ${count(workload)}`).join(", "),
        ),
      ];
    await sleep(POLL_MS);
  }
}

function lack(
  deployment: V1Deployment | undefined,
  { name }: Workload,
  wanted: number,
): readonly string[] {
  const { status, metadata } = deployment ?? {};
  const isNew = status?.observedGeneration === metadata?.generation;
  const [ready = 0, updated = 0, all = 0] = [
    status?.readyReplicas,
    status?.updatedReplicas,
    status?.replicas,
  ];
  return isNew && ready === wanted && updated === wanted && all === wanted
    ? []
    : [`${name}: ${ready} of ${wanted} pods ready, ${updated} of them new, ${all} in all`];
}

/** A server that grows must keep its cluster and databases. */
function kept(before: readonly StateResource[], after: readonly StateResource[]): readonly Check[] {
  if (before.length === 0) return [];
  const ids = new Map(after.map(({ urn, id }) => [urn, id]));
  const held = before.filter(
    ({ protect, type }) => protect === true || type.endsWith(":KubernetesCluster"),
  );
  return [
    checkOf(
      "growing into it kept the cluster and everything protected",
      held.length < 2
        ? ["there is nothing to keep"]
        : held
            .filter(({ urn, id }) => ids.get(urn) !== id)
            .map(({ urn }) => `${nameOf(urn)} is another one`),
      `${held.length} resources`,
    ),
  ];
}
