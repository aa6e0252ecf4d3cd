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
import { recover } from "./recover.ts";
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
      takenOut(context, findings),
      rebuild(context, findings, before),
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
 * The operator's command: DigitalOcean reports that the cluster is gone, and the state removes it.
 */
function takenOut(context: DrillContext, findings: Findings): Phase {
  return {
    title: "npm run recover -- cluster",
    run: async () => {
      const { well, said } = await recover(rehearsalOf(context), ["cluster", "--yes"]);
      const left = await rehearsalOf(context).stack.resources();
      findings.checks.push(
        checkOf(
          "the command takes a cluster that is gone out of the state, with all that was in it",
          [
            ...(well ? [] : [said]),
            ...left
              .filter(({ type }) => /^kubernetes:|kubernetesCluster|kubernetesNodePool/u.test(type))
              .map(({ urn }) => `${urn} is still there`),
          ],
          said.split("\n").slice(0, 2).join(" "),
        ),
      );
      return `${left.length} resources stay`;
    },
  };
}

function rebuild(
  context: DrillContext,
  findings: Findings,
  before: { readonly resources: readonly StateResource[] },
): Phase {
  return {
    title: "rebuild",
    run: async () => {
      const { stack, clock, world } = rehearsalOf(context);
      const up = succeeded(findings, await stack.up({ refresh: true }));
      const resources = await stack.resources();
      findings.timeline = timelineOf(up, resources, clock.durationsByUrn());
      findings.checks.push(rebuiltVersion(world), ...untouched(before.resources, resources, up));
      return countsOf(up);
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
