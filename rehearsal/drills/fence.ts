import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";
import { checkOf } from "../checks/check.ts";
import { isMediaKey } from "../clouds/cloudflare/account-token.ts";
import { connect, connectorsOf } from "../clouds/cloudflare/connectors.ts";
import { TUNNEL } from "../clouds/cloudflare/tunnel.ts";
import { FIREWALL } from "../clouds/digitalocean/database-firewall.ts";
import { CLUSTER, NODE_POOL } from "../clouds/digitalocean/doks.ts";
import { read } from "../clouds/properties.ts";
import type { RestFaces } from "../clouds/rest/open.ts";
import type { StateResource } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { countsOf, noFindings, succeeded, type Drill, type Findings } from "./drill.ts";
import { onlyCluster } from "./live.ts";
import { recover } from "./recover.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";

/** A cluster that nobody reaches is shut out, another one serves, and then the old one wakes up. */

/** Credentials in a cluster's own live Secrets. */
interface Hands {
  readonly tunnelToken: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Rights that the clouds give a cluster. */
interface Power {
  readonly connectors: number;
  readonly media: boolean;
  readonly databases: number;
}

const POWERLESS: Power = { connectors: 0, media: false, databases: 0 };
const REPLICAS = 2;

interface Memory {
  old: string;
  /** URN to id of what is protected. */
  kept: ReadonlyMap<string, string>;
}

/** The drill. */
export function fenceDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const memory: Memory = { old: "", kept: new Map() };
  return {
    name: "an old cluster that wakes up",
    findings,
    phases: [
      ...setupPhases(context),
      ...upPhases(context, findings),
      before(context, findings, memory),
      fence(context, findings, memory),
      anotherCluster(context, findings, memory),
      wakesUp(context, findings, memory),
      firstContact(context, findings, memory),
      secondPreview(context, findings),
    ],
  };
}

function before(context: DrillContext, findings: Findings, memory: Memory): Phase {
  return {
    title: "what the cluster may do",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      memory.old = onlyCluster(rehearsal);
      memory.kept = keptOf(await rehearsal.stack.resources());
      const power = await powerOf(rehearsal, memory.old);
      findings.checks.push(
        checkOf(
          "the cluster serves, reads and writes media, and is let into its databases",
          power.connectors === REPLICAS && power.media && power.databases > 0
            ? []
            : [wordsOf(power)],
          wordsOf(power),
        ),
      );
      return wordsOf(power);
    },
  };
}

function fence(context: DrillContext, findings: Findings, memory: Memory): Phase {
  return {
    title: "npm run recover -- fence",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { well, said } = await recover(rehearsal, ["fence", "--yes"], away);
      const left = connectors(rehearsal);
      findings.checks.push(
        checkOf(
          "a cluster that DigitalOcean doesn't answer for is shut out all the same, and stays to be deleted",
          [
            ...(well ? [] : [said]),
            ...(left === 0 ? [] : [`${left} connectors are connected`]),
            ...(rehearsal.world.get(CLUSTER, memory.old) === undefined ? ["it is deleted"] : []),
            ...(said.includes("npm run recover -- old-clusters") ? [] : ["no word of deleting it"]),
          ],
          said.split("\n").at(-3) ?? "",
        ),
      );
      return `${left} connectors left`;
    },
  };
}

function anotherCluster(context: DrillContext, findings: Findings, memory: Memory): Phase {
  return {
    title: "another cluster",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const up = succeeded(findings, await rehearsal.stack.up({ refresh: true }));
      const now = keptOf(await rehearsal.stack.resources());
      const power = await powerOf(rehearsal, newCluster(rehearsal, memory));
      findings.checks.push(
        checkOf(
          "what is protected is the same as before: databases, tunnel, buckets, network",
          [...memory.kept].filter(([urn, id]) => now.get(urn) !== id).map(([urn]) => urn),
          `${memory.kept.size} resources`,
        ),
        checkOf(
          "another cluster serves in its place",
          power.connectors === REPLICAS && power.media && power.databases > 0
            ? []
            : [wordsOf(power)],
          wordsOf(power),
        ),
      );
      return countsOf(up);
    },
  };
}

function wakesUp(context: DrillContext, findings: Findings, memory: Memory): Phase {
  return {
    title: "the old cluster wakes up",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const power = await powerOf(rehearsal, memory.old);
      findings.checks.push(
        checkOf(
          "an old cluster that wakes up serves no request, reaches no media and finds no database",
          JSON.stringify(power) === JSON.stringify(POWERLESS) ? [] : [wordsOf(power)],
          `${wordsOf(power)}; connected: the ${connectors(rehearsal)} of the new one`,
        ),
      );
      return wordsOf(power);
    },
  };
}

function firstContact(context: DrillContext, findings: Findings, memory: Memory): Phase {
  return {
    title: "npm run recover -- old-clusters",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { well, said } = await recover(rehearsal, ["old-clusters", "--yes"]);
      const left = rehearsal.world.find(CLUSTER).map(({ id }) => id);
      findings.checks.push(
        checkOf(
          "at the first contact the old cluster is deleted, and it alone",
          well && left.length === 1 && left[0] !== memory.old ? [] : [said, ...left],
          said.split("\n")[0] ?? "",
        ),
        checkOf("the rehearsal's own parts worked", rehearsal.faults, "no fault"),
      );
      return `${left.length} cluster left`;
    },
  };
}

/** The region's clusters can't be asked about, and none can be deleted. */
function away({ digitalocean }: RestFaces): void {
  const path = "/v2/kubernetes/clusters/{cluster_id}";
  digitalocean.faults.add({ path, does: { kind: "answer", status: 503 } });
}

/** Tries what a cluster can do with what it has in its hands. */
async function powerOf(rehearsal: Rehearsal, clusterId: string): Promise<Power> {
  const { world } = rehearsal;
  const hands = await handsOf(rehearsal, clusterId);
  const tries = Array.from({ length: REPLICAS }, (_, index) => `203.0.113.${index + 1}`);
  const tags = tagsOf(rehearsal, clusterId);
  const admitting = world
    .find(FIREWALL)
    .filter(({ properties }) =>
      read
        .list(properties, "rules")
        .some(({ type, value }) => type === "tag" && tags.has(String(value))),
    );
  return {
    connectors: tries.filter((address) => connect(world, hands.tunnelToken, address)).length,
    media: isMediaKey(world, hands.accessKeyId, hands.secretAccessKey),
    databases: admitting.length,
  };
}

async function handsOf({ clusters }: Rehearsal, clusterId: string): Promise<Hands> {
  const config = new KubeConfig();
  config.loadFromFile(clusters.kubeconfigPath(clusterId));
  const { items } = await config
    .makeApiClient(CoreV1Api)
    .listNamespacedSecret({ namespace: NAMESPACE });
  const valueOf = (key: string): string => {
    const held = items.map(({ data }) => data?.[key]).find(Boolean);
    if (held === undefined) throw new Error(`No Secret of the cluster holds ${key}.`);
    return Buffer.from(held, "base64").toString("utf8");
  };
  return {
    tunnelToken: valueOf("TUNNEL_TOKEN"),
    accessKeyId: valueOf("AWS_ACCESS_KEY_ID"),
    secretAccessKey: valueOf("AWS_SECRET_ACCESS_KEY"),
  };
}

/** Tags of a cluster's nodes, by which the databases know them. */
function tagsOf({ world }: Rehearsal, clusterId: string): ReadonlySet<string> {
  const cluster = world.get(CLUSTER, clusterId);
  const pools = [
    ...(cluster === undefined ? [] : [read.object(cluster.properties, "nodePool")]),
    ...world
      .find(NODE_POOL, (pool) => pool["clusterId"] === clusterId)
      .map(({ properties }) => properties),
  ];
  return new Set(pools.flatMap((pool) => (pool["tags"] ?? []) as readonly string[]));
}

function connectors({ world }: Rehearsal): number {
  return world.find(TUNNEL).flatMap(({ id }) => connectorsOf(world, id)).length;
}

function keptOf(resources: readonly StateResource[]): ReadonlyMap<string, string> {
  return new Map(
    resources.filter(({ protect }) => protect === true).map(({ urn, id }) => [urn, String(id)]),
  );
}

function newCluster({ world }: Rehearsal, { old }: Memory): string {
  const found = world.find(CLUSTER, (_, id) => id !== old).at(0);
  if (found === undefined) throw new Error("No other cluster was made.");
  return found.id;
}

function wordsOf({ connectors: count, media, databases }: Power): string {
  return `${count} of ${REPLICAS} connectors let in, media key ${media ? "accepted" : "refused"}, let into ${databases} databases`;
}
