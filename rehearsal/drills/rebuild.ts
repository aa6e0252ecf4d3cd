import { CLUSTER_STEPS, POOL_STEPS, RELEASE_STEPS, totalOf } from "../../ops/rebuild/times.ts";
import { loseCluster, replaceDatabaseCa } from "../clouds/mishaps.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { nameOf, type Operation, type StateResource } from "../engine/operation.ts";
import { parseConfig } from "../../input/parse.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import type { Phase } from "../phases.ts";
import { timelineOf } from "../timeline/update-timeline.ts";
import { countsOf, noFindings, succeeded, type Drill, type Findings } from "./drill.ts";
import { connectionChecks, placementChecks, queryAsWeb } from "./live.ts";
import { emptyDatabase, lostDatabase, lostState } from "./lost-data.ts";
import { lostStatePhases } from "./lost-state.ts";
import { outagePhases } from "./outage.ts";
import { rebuild } from "./rebuild-command.ts";
import { RehearsedOutside } from "./rehearsed-outside.ts";
import type { Recovered } from "./recover.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";
import { kubernetesWithdrawn, rebuiltVersion } from "./withdrawn.ts";

const ROWS = 3;
const SIDEKIQ = parseConfig(readStackFile()).sidekiq.map(({ name }) => `sidekiq-${name}`);
const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";

/** Disaster: the cluster was deleted without the stack, and the databases still run. */
export function rebuildDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const before: { resources: readonly StateResource[] } = { resources: [] };
  return {
    name: "rebuild of a lost cluster",
    findings,
    phases: [
      ...setupPhases(context),
      ...upPhases(context, findings),
      ...lostStatePhases(context, findings),
      kubernetesWithdrawn(context, findings),
      ...outagePhases(context, findings),
      loss(context, before),
      withoutTheCommand(context, findings),
      rebuilt(context, findings, before),
      {
        title: "placement",
        run: async () => {
          const checks = await placementChecks(rehearsalOf(context));
          findings.checks.push(...checks);
          return `${checks.length} checks`;
        },
      },
      rowsAreThere(context, findings),
      newCa(context, findings),
      emptyDatabase(context, findings, ROWS),
      secondPreview(context, findings),
      lostState(context, findings),
      lostDatabase(context, findings),
    ],
  };
}

function loss(context: DrillContext, before: { resources: readonly StateResource[] }): Phase {
  return {
    title: "loss",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      await queryAsWeb(
        rehearsal,
        `CREATE TABLE rehearsal_posts AS SELECT generate_series(1, ${ROWS}) AS id`,
      );
      await queryAsWeb(
        rehearsal,
        "INSERT INTO accounts (id, username, public_key) VALUES (-99, 'example.social', 'the key of -99'), (101, 'alice', 'the key of 101') ON CONFLICT (id) DO UPDATE SET username = EXCLUDED.username, public_key = EXCLUDED.public_key",
      );
      before.resources = await rehearsal.stack.resources();
      await loseCluster(rehearsal.world);
      return `${ROWS} rows written by web, then the cluster deleted behind the stack's back`;
    },
  };
}

/**
 * Until an operator confirms it with the command, a cluster that does not answer stops every
 * update.
 */
function withoutTheCommand(context: DrillContext, findings: Findings): Phase {
  return {
    title: "up without the command",
    run: async () => {
      const { stack } = rehearsalOf(context);
      const refused = await stack.up({ refresh: true });
      findings.operations.push(refused);
      findings.checks.push(
        checkOf(
          "a cluster that does not answer stops the update",
          refused.failure === undefined ? ["the update went on"] : [],
          refused.diagnostics.at(0)?.slice(0, 200) ?? "refused",
        ),
      );
      return refused.failure === undefined ? "went on" : "stopped, as it should";
    },
  };
}

/**
 * The operator's command: it looks, takes the cluster out of the state, updates, and checks from
 * outside.
 */
function rebuilt(
  context: DrillContext,
  findings: Findings,
  before: { readonly resources: readonly StateResource[] },
): Phase {
  return {
    title: "npm run rebuild -- cluster",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { stack, clock, world } = rehearsal;
      const outside = new RehearsedOutside(rehearsal);
      const updates: Operation[] = [];
      const types = async (...args: readonly string[]): Promise<Recovered> =>
        await rebuild(rehearsal, args, { outside, updated: (up) => updates.push(up) });
      try {
        const looked = await types();
        const { well, said } = await types(
          "cluster",
          "--yes",
          "example.social",
          "--account",
          "alice",
        );
        const [up] = updates;
        if (up === undefined) throw new Error(`No update was made: ${said}`);
        succeeded(findings, up);
        const resources = await stack.resources();
        const timeline = timelineOf(up, resources, clock.durationsByUrn());
        findings.timeline = timeline;
        const estimate = totalOf([...CLUSTER_STEPS, ...POOL_STEPS, ...RELEASE_STEPS]);
        findings.checks.push(
          checkOf(
            "the command alone names the night, and what it takes to end it",
            [/night "cluster"/u, /npm run rebuild -- cluster/u]
              .filter((words) => !words.test(looked.said))
              .map((words) => `not said: ${String(words)}; but ${looked.said}`),
            looked.said.split("\n").find((line) => line.startsWith("This is")) ?? "",
          ),
          checkOf(
            "one line and one word bring the server back, and it is checked from outside",
            well ? [] : [said],
            said.split("\n").find((line) => line.includes("answers again")) ?? "",
          ),
          checkOf(
            "the estimate is within a fifth of the scaled clock",
            Math.abs(estimate - timeline.totalSeconds) <= timeline.totalSeconds / 5
              ? []
              : [`${estimate} s, and it took ${timeline.totalSeconds} s`],
            `${estimate} s estimated, ${timeline.totalSeconds} s on the scaled clock`,
          ),
          rebuiltVersion(world),
          ...untouched(before.resources, resources, up),
        );
        return countsOf(up);
      } finally {
        await outside.close();
      }
    },
  };
}

/** DNS records and protected resources must be the same ones as before. */
function untouched(
  before: readonly StateResource[],
  after: readonly StateResource[],
  up: Operation,
): readonly Check[] {
  const now = new Map(after.map((resource) => [resource.urn, resource]));
  const changed = (chosen: readonly StateResource[]): readonly string[] =>
    chosen.flatMap(({ urn, id, inputs }) => {
      const other = now.get(urn);
      if (other === undefined) return [`${urn} is gone`];
      if (other.id !== id) return [`${urn} is another one`];
      return JSON.stringify(other.inputs) === JSON.stringify(inputs) ? [] : [`${urn} has changed`];
    });
  const records = before.filter(({ type }) => type === DNS_RECORD);
  const kept = before.filter(({ protect }) => protect === true);
  const steps = up.steps.filter(({ urn }) => kept.some((resource) => resource.urn === urn));
  return [
    checkOf(
      "no DNS record has changed",
      records.length === 0 ? ["there is none"] : changed(records),
      `${records.length} records`,
    ),
    checkOf(
      "nothing protected was replaced or changed",
      kept.length === 0
        ? ["nothing is protected"]
        : [...changed(kept), ...steps.map(({ op, urn }) => `${op} ${urn}`)],
      `${kept.length} protected resources`,
    ),
  ];
}

/**
 * DigitalOcean replaces its private CA: the next update must bring the new one into every pod that
 * trusts the old one.
 */
function newCa(context: DrillContext, findings: Findings): Phase {
  return {
    title: "new CA of the database",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      await replaceDatabaseCa(rehearsal.world);
      const locked = await queryAsWeb(rehearsal, "SELECT 1").then(
        () => "web still gets in",
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      const up = succeeded(findings, await rehearsal.stack.up());
      const changed = up.steps.map(({ urn }) => nameOf(urn));
      findings.checks.push(
        checkOf(
          "a pod with the old CA does not get in once the database shows a certificate of a new one",
          /certificate verify failed/u.test(locked) ? [] : [locked],
          "certificate verify failed",
        ),
        checkOf(
          "an update with a new CA rolls every pod that mounts it",
          ["environment-ca-secret", "web", "streaming", ...SIDEKIQ]
            .filter((name) => !changed.includes(name))
            .map((name) => `${name} was not touched`),
          `${new Set(changed).size} resources`,
        ),
        ...(await connectionChecks(rehearsal)).map((check) => ({
          ...check,
          name: `with the new CA, ${check.name}`,
        })),
      );
      return countsOf(up);
    },
  };
}

function rowsAreThere(context: DrillContext, findings: Findings): Phase {
  return {
    title: "rows",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const rows = await queryAsWeb(rehearsal, "SELECT count(*) FROM rehearsal_posts");
      findings.checks.push(
        checkOf(
          "the rows that the lost web wrote are read by the new one",
          rows === String(ROWS) ? [] : [`${rows} of ${ROWS} rows`],
          `${rows} rows`,
        ),
        checkOf("the rehearsal's own parts worked", rehearsal.faults, "no fault"),
      );
      return `${rows} of ${ROWS}`;
    },
  };
}
