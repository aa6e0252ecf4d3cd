import { checkOf } from "../checks/check.ts";
import { connectorsOf } from "../clouds/cloudflare/connectors.ts";
import { TUNNEL } from "../clouds/cloudflare/tunnel.ts";
import { CLUSTER } from "../clouds/digitalocean/doks.ts";
import type { RestFaces } from "../clouds/rest/open.ts";
import type { StateResource } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { countsOf, noFindings, succeeded, type Drill, type Findings } from "./drill.ts";
import { powerful, powerless, powerOf, wordsOf } from "./fence-power.ts";
import { ServingWorld, visit } from "./fence-worlds.ts";
import { onlyCluster } from "./live.ts";
import { recover } from "./recover.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";

/** An unreachable cluster is fenced off, another one serves, and then the old one wakes up. */

interface Memory {
  old: string;
  worlds: ServingWorld[];
  /** URN to id of protected resources. */
  kept: ReadonlyMap<string, string>;
}

/** The drill `fence`. */
export function fenceDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const memory: Memory = { old: "", worlds: [], kept: new Map() };
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
      const old = await ServingWorld.of(rehearsal, memory.old, "old", "203.0.113");
      memory.worlds.push(old);
      const { close } = context;
      context.close = async () => {
        for (const world of memory.worlds) await world.close();
        await close?.();
      };
      const power = await powerOf(rehearsal, memory.old, old);
      const asked = await visit(rehearsal, memory.worlds);
      await old.enqueue(["first", "second"]);
      await old.work();
      findings.checks.push(
        checkOf(
          "the cluster serves, reads and writes media, and is let into its databases",
          powerful(power),
          wordsOf(power),
        ),
        checkOf(
          "every request at the edge is the cluster's, and every job of the queue",
          [
            ...(asked.answered === asked.sent && old.requests === asked.sent ? [] : ["requests"]),
            ...(old.delivered.join() === "first,second" ? [] : [`jobs: ${old.delivered.join()}`]),
          ],
          `${old.requests} of ${asked.sent} requests, ${old.delivered.length} of 2 jobs`,
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
      const [old] = memory.worlds as [ServingWorld];
      const power = await powerOf(rehearsal, memory.old, old);
      const before = { requests: old.requests, jobs: old.delivered.length };
      await old.enqueue(["third", "fourth", "fifth"]);
      // It keeps its connections, and connects again if one breaks.
      for (let round = 0; round < 3; round += 1) await old.work();
      const asked = await visit(rehearsal, memory.worlds);
      const waiting = await old.waiting();
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
        checkOf(
          "from then on it serves no request, reaches no media and no database, and delivers no job: each waits",
          [
            ...powerless(power),
            ...(asked.answered === 0 && old.requests === before.requests ? [] : ["requests"]),
            ...(old.delivered.length === before.jobs ? [] : [`jobs: ${old.delivered.join()}`]),
            ...(waiting === 3 ? [] : [`${waiting} of 3 jobs wait`]),
          ],
          `${wordsOf(power)}; 0 of ${asked.sent} requests, 0 of 3 jobs; ${waiting} wait`,
        ),
      );
      return `${left} connectors left, ${waiting} jobs wait`;
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
      const id = newCluster(rehearsal, memory);
      const made = await ServingWorld.of(rehearsal, id, "new", "198.51.100");
      memory.worlds.push(made);
      const power = await powerOf(rehearsal, id, made);
      findings.checks.push(
        checkOf(
          "what is protected is the same as before: databases, tunnel, buckets, network",
          [...memory.kept].filter(([urn, id]) => now.get(urn) !== id).map(([urn]) => urn),
          `${memory.kept.size} resources`,
        ),
        checkOf("another cluster serves in its place", powerful(power), wordsOf(power)),
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
      const [old, made] = memory.worlds as [ServingWorld, ServingWorld];
      const power = await powerOf(rehearsal, memory.old, old);
      const before = { requests: old.requests, jobs: old.delivered.length };
      const asked = await visit(rehearsal, memory.worlds);
      await made.enqueue(["sixth", "seventh"]);
      // Both at the same time; then only the new one, for the jobs that the old one gave back.
      await Promise.all([old.work(), old.work(), made.work()]);
      await made.work();
      const twice = [...old.delivered, ...made.delivered].toSorted();
      findings.checks.push(
        checkOf(
          "an old cluster that wakes up serves no request, reaches no media and finds no database",
          [
            ...powerless(power),
            ...(old.requests === before.requests ? [] : [`${old.requests} requests`]),
            ...(made.requests === asked.sent ? [] : [`the new one: ${made.requests} requests`]),
          ],
          `${wordsOf(power)}; requests: 0 by the old one, ${made.requests} of ${asked.sent} by the new`,
        ),
        checkOf(
          "no job is delivered twice, and none is lost: what the old one takes goes back, and the new one does it",
          [
            ...(old.delivered.length === before.jobs
              ? []
              : [`the old one: ${old.delivered.join()}`]),
            ...(twice.join() === JOBS.toSorted().join() ? [] : [`delivered: ${twice.join()}`]),
          ],
          `0 by the old one, ${made.delivered.length} of 5 by the new, each once`,
        ),
      );
      return wordsOf(power);
    },
  };
}

/** Every job of the drill, in its order. */
const JOBS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"];

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

/** The region's clusters can't be read or deleted. */
function away({ digitalocean }: RestFaces): void {
  const path = "/v2/kubernetes/clusters/{cluster_id}";
  digitalocean.faults.add({ path, does: { kind: "answer", status: 503 } });
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
