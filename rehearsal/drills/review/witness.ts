import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { NAMESPACE } from "../../../config/topology.ts";
import { PodWatch } from "../../checks/pod-watch.ts";
import { PoolConnections } from "../../checks/pool-connections.ts";
import { RECORD } from "../../clouds/cloudflare/dns.ts";
import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import { POOL } from "../../clouds/digitalocean/database-members.ts";
import { read } from "../../clouds/properties.ts";
import type { World } from "../../clouds/world.ts";
import { nameOf, type Operation, type StateResource } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { environmentIn } from "../data-clients.ts";
import { aPodOf, liveConfig, liveDeployments } from "../live.ts";
import { contentOf, type Content, type Living } from "../nights/living.ts";
import { bootsOf } from "../release-steps.ts";
import { PodHistory } from "./pod-history.ts";
import type { Seen } from "./truth.ts";

/** Timeout for all pods to be ready after an update, milliseconds. */
const SETTLED_MS = 60_000;
const POLL_MS = 100;

/** State of the server at one moment. */
export interface Look {
  readonly resources: readonly StateResource[];
  /** Ids of what holds data, by logical name, as the state knows them. */
  readonly held: ReadonlyMap<string, string>;
  /** Plans of databases by their name at DigitalOcean. */
  readonly plans: ReadonlyMap<string, string>;
  /** Ids of the records of public hosts, by host. */
  readonly hosts: ReadonlyMap<string, string>;
  /** Undefined if there is no web pod to read it with. */
  readonly inside: Inside | undefined;
}

/** State that only a pod can read. */
interface Inside {
  readonly content: Content;
  readonly boots: number;
  /** The key that signs sessions. Never print it. */
  readonly signsSessions: string;
}

/** Measures what an update does, from its beginning to its end. */
export class Witness {
  readonly #rehearsal: Rehearsal;
  readonly #before: Look;
  /** Records of public hosts as the update found them. */
  readonly #hosts: Look["hosts"];
  readonly #watch: PodWatch<PodHistory>;
  /** Undefined if the database is gone, and its pool with it. */
  readonly #connections: PoolConnections | undefined;
  #late: readonly string[] = [];
  #broken: readonly string[] = [];

  private constructor(
    rehearsal: Rehearsal,
    before: Look,
    hosts: Look["hosts"],
    watch: PodWatch<PodHistory>,
    connections: PoolConnections | undefined,
  ) {
    this.#rehearsal = rehearsal;
    this.#before = before;
    this.#hosts = hosts;
    this.#watch = watch;
    this.#connections = connections;
  }

  /** @param before the server as the update before left it, and no accident has changed it yet. */
  static async start(rehearsal: Rehearsal, before: Look): Promise<Witness> {
    const { world } = rehearsal;
    const hasPool = world.find(POOL).length > 0;
    const connections = hasPool ? await PoolConnections.start(world) : undefined;
    const watch = await PodWatch.start(
      liveConfig(rehearsal),
      NAMESPACE,
      (pods) => new PodHistory(pods),
    );
    return new Witness(rehearsal, before, hostsIn(world), watch, connections);
  }

  /** Ends the measurement once all pods are ready, also of an update that failed. */
  async end(): Promise<void> {
    this.#late = await lateOnes(this.#rehearsal);
    await this.#watch.stop();
    this.#broken = this.#connections?.broken ?? [];
    await this.#connections?.close();
  }

  /**
   * Measurements of an update that came to its end.
   * @param after the server as it left it.
   * @throws Error if a pod was not ready in time, or the watch broke off: then nothing is proven.
   */
  seen(up: Operation, after: Look): Seen {
    if (this.#late.length > 0)
      throw new Error(`After the update these have not all their pods: ${this.#late.join(", ")}.`);
    const [fault] = this.#watch.faults;
    // The API server of a cluster that is replaced ends, and the watch of it with it.
    const moved = changed(this.#before.held, after.held).includes("cluster-doks");
    if (fault !== undefined && !moved) throw new Error(fault);
    const { ledger } = this.#watch;
    const [insideBefore, insideAfter] = [this.#before.inside, after.inside];
    const changedHosts = changed(this.#hosts, after.hosts);
    const both = insideBefore && insideAfter && ([insideBefore, insideAfter] as const);
    return {
      refused: up.failure !== undefined,
      steps: up.steps.length,
      components: ledger.components,
      queues: ledger.queues,
      // In a cluster that is deleted every queue loses its workers; the new one has them.
      orphans: moved ? [] : ledger.orphans,
      broken: this.#broken,
      resized: changed(this.#before.plans, after.plans).filter((name) => after.plans.has(name)),
      lost: [
        ...changed(this.#before.held, after.held),
        ...(both === undefined ? [] : otherContent(both[0].content, both[1].content)),
      ],
      renewed: changedHosts.filter((host) => after.hosts.has(host)),
      unnamed: changedHosts.filter((host) => !after.hosts.has(host)),
      signedOut: both !== undefined && both[0].signsSessions !== both[1].signsSessions,
      boots: both === undefined ? 0 : both[1].boots - both[0].boots,
    };
  }
}

/** Keys whose value is another one, or gone. */
function changed(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...before].flatMap(([key, value]) => (after.get(key) === value ? [] : [key]));
}

function otherContent(before: Content, after: Content): readonly string[] {
  return [
    ...Object.keys(before.tables).filter((table) => before.tables[table] !== after.tables[table]),
    ...(["actorKeys", "otp", "media", "jobs", "feeds"] as const).filter(
      (part) => !isDeepStrictEqual(before[part], after[part]),
    ),
  ];
}

/** Looks at the server. */
export async function look(rehearsal: Rehearsal, living: Living): Promise<Look> {
  const { stack, world } = rehearsal;
  const resources = await stack.resources();
  const held = resources.filter(
    ({ protect, type }) => protect === true || type.endsWith(":KubernetesCluster"),
  );
  return {
    resources,
    held: new Map(held.map(({ urn, id = "" }) => [nameOf(urn), id])),
    plans: new Map(
      world
        .find(DATABASE)
        .map(({ properties }) => [read.text(properties, "name"), read.text(properties, "size")]),
    ),
    hosts: hostsIn(world),
    inside: (await hasWeb(rehearsal)) ? await insideOf(rehearsal, living) : undefined,
  };
}

function hostsIn(world: World): Look["hosts"] {
  const records = world.find(RECORD, ({ proxied }) => proxied === true);
  return new Map(records.map(({ id, properties }) => [read.text(properties, "name"), id]));
}

async function insideOf(rehearsal: Rehearsal, living: Living): Promise<Inside> {
  const web = await aPodOf(rehearsal, "web");
  const { SECRET_KEY_BASE: signsSessions = "" } = await environmentIn(rehearsal, web, "puma");
  return {
    content: await contentOf(rehearsal, living),
    boots: await bootsOf(rehearsal),
    signsSessions,
  };
}

async function hasWeb(rehearsal: Rehearsal): Promise<boolean> {
  return await aPodOf(rehearsal, "web").then(
    () => true,
    () => false,
  );
}

/** Waits until each Deployment has all its pods, new and ready. Returns those that have not. */
async function lateOnes(rehearsal: Rehearsal): Promise<readonly string[]> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const waiting = (await liveDeployments(rehearsal)).filter(({ metadata, spec, status }) => {
      const { readyReplicas = 0, updatedReplicas = 0, replicas = 0 } = status ?? {};
      const wanted = spec?.replicas ?? 1;
      return (
        status?.observedGeneration !== metadata?.generation ||
        [readyReplicas, updatedReplicas, replicas].some((count) => count !== wanted)
      );
    });
    if (waiting.length === 0 || performance.now() > deadline)
      return waiting.map(({ metadata }) => metadata?.name ?? "");
    await sleep(POLL_MS);
  }
}
