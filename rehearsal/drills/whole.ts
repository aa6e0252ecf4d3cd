import { parseConfig } from "../../input/parse.ts";
import { clusterOf } from "../../ops/pods/cluster.ts";
import { formatDuration } from "../../pages/duration.ts";
import { checkOf } from "../checks/check.ts";
import { checkDoctor } from "../checks/doctor.ts";
import { checkDrain } from "../checks/drain.ts";
import { checkAsked } from "../checks/asked.ts";
import { checkOneOff } from "../checks/one-off.ts";
import { checkPreemption } from "../checks/preemption.ts";
import { checkUpkeep } from "../checks/upkeep.ts";
import { findSecrets } from "../checks/secret-search.ts";
import { warningsCheck } from "../checks/warnings.ts";
import { nameOf } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { firstUpdateOf } from "../reports/first-update.ts";
import type { Schedule } from "../../domain/schedule.ts";
import { timelineOf } from "../timeline/update-timeline.ts";
import {
  countByType,
  countsOf,
  noFindings,
  succeeded,
  type Drill,
  type Findings,
} from "./drill.ts";
import { destroyPhases } from "./destroy.ts";
import { driftPhase } from "./drift.ts";
import { escrowDrill, swappedKeysDrill } from "./escrow.ts";
import {
  connectionChecks,
  liveConfig,
  livenessCheck,
  networkCheck,
  placementChecks,
  probeGround,
  streamingReadsChecks,
  streamingStartupCheck,
  strictCheck,
} from "./live.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { allHaystacks, allSecrets } from "./world-secrets.ts";

/**
 * The whole life of the stack: preview, up, checks, empty preview, destroy. With `keep` it stops
 * before the destroy.
 */
export function wholeDrill(context: DrillContext, options: { readonly keep: boolean }): Drill {
  const findings = noFindings();
  return {
    name: "whole stack",
    findings,
    phases: [
      ...setupPhases(context),
      ...upPhases(context, findings),
      ...checkPhases(context, findings),
      ...(options.keep ? [] : destroyPhases(context, findings)),
    ],
  };
}

/** Preview and update of the whole stack. */
export function upPhases(context: DrillContext, findings: Findings): readonly Phase[] {
  return [
    {
      title: "preview",
      run: async () => {
        const preview = succeeded(findings, await rehearsalOf(context).stack.preview());
        const others = preview.steps.filter(({ op }) => op !== "create");
        findings.checks.push(
          checkOf(
            "the first preview only creates",
            others.map(({ op, urn }) => `${op} ${urn}`),
            countsOf(preview),
          ),
          warningsCheck(preview),
        );
        return `${countsOf(preview)}, ${preview.warned.length} warnings`;
      },
    },
    {
      title: "up",
      run: async () => {
        const { stack, clock, rest } = rehearsalOf(context);
        const up = succeeded(findings, await stack.up());
        const resources = await stack.resources();
        findings.resources = countByType(resources);
        // The real plugins poll every few seconds, not on the scaled clock.
        if (rest === undefined)
          findings.timeline = timelineOf(up, resources, clock.durationsByUrn());
        else findings.checks.push(checkAsked(rest.asked()));
        const preview = findings.operations.find(({ kind }) => kind === "preview");
        findings.checks.push(
          checkOf(
            "the update did what the preview said",
            preview?.counts.create === up.counts.create
              ? []
              : [`previewed ${preview?.counts.create}, made ${up.counts.create}`],
            countsOf(up),
          ),
        );
        return countsOf(up);
      },
    },
  ];
}

/** Checks that the plan in memory agrees with the engine's own state and steps. */
function foretold(findings: Findings): Phase {
  return {
    title: "what was foretold",
    run: async () => {
      const { timeline } = findings;
      // The real plugins do not use the scaled clock.
      if (timeline === undefined) return "no timeline";
      const said = ({ totalSeconds, criticalPath }: Schedule): string =>
        `${formatDuration(totalSeconds)}: ${criticalPath.map(({ label }) => label).join(", ")}`;
      const [plan, update] = [said(firstUpdateOf(await planStack())), said(timeline)];
      findings.checks.push(
        checkOf(
          "npm run look foretells how long this update takes, and what decides it",
          plan === update ? [] : [`it says ${plan}; the update was ${update}`],
          update,
        ),
      );
      return formatDuration(timeline.totalSeconds);
    },
  };
}

function checkPhases(context: DrillContext, findings: Findings): readonly Phase[] {
  return [
    foretold(findings),
    {
      title: "placement",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const checks = [...(await placementChecks(rehearsal)), await strictCheck(rehearsal)];
        findings.checks.push(...checks);
        return `${checks.length} checks`;
      },
    },
    {
      title: "network",
      run: async () => {
        const check = await networkCheck(rehearsalOf(context));
        findings.checks.push(check);
        return check.detail.slice(0, 120);
      },
    },
    {
      title: "drain",
      run: async () => {
        const checks = await checkDrain(liveConfig(rehearsalOf(context)));
        findings.checks.push(...checks);
        return checks.at(-1)!.detail.slice(0, 120);
      },
    },
    {
      title: "connections",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const checks = await connectionChecks(rehearsal);
        findings.checks.push(
          ...checks,
          await livenessCheck(rehearsal),
          await streamingStartupCheck(rehearsal),
        );
        return `${checks.length} probes from inside pods, and Sidekiq's and streaming's own`;
      },
    },
    {
      title: "streaming's rights",
      run: async () => {
        const checks = await streamingReadsChecks(rehearsalOf(context));
        findings.checks.push(...checks);
        return checks[0]!.detail.slice(0, 120);
      },
    },
    {
      title: "commands and upkeep",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const cluster = clusterOf(liveConfig(rehearsal));
        const checks = [
          ...(await checkOneOff(cluster)),
          await checkUpkeep(cluster),
          ...(await checkPreemption(cluster)),
          ...(await checkDoctor(rehearsal, cluster, await probeGround(rehearsal))),
        ];
        findings.checks.push(...checks);
        return `${checks.length} checks`;
      },
    },
    secondPreview(context, findings),
    impossible(context, findings),
    driftPhase(context, findings),
    {
      title: "secrets",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const escrow = await escrowDrill(rehearsal);
        findings.checks.push(...escrow.checks, await swappedKeysDrill(rehearsal));
        const secrets = await allSecrets(rehearsal);
        const haystacks = [...(await allHaystacks(rehearsal)), escrow.written];
        findings.checks.push(
          checkOf(
            "no secret stands in plaintext in state, event log, ConfigMaps, output, command lines or escrow bundle",
            findSecrets(secrets, haystacks),
            `${secrets.length} secrets looked for in ${haystacks.length} places`,
          ),
        );
        return `${secrets.length} secrets, ${haystacks.length} places`;
      },
    },
  ];
}

/**
 * Changes that a running server can't make are refused, here by the outputs in the real engine's
 * state.
 */
function impossible(context: DrillContext, findings: Findings): Phase {
  return {
    title: "impossible change",
    run: async () => {
      const { stack } = rehearsalOf(context);
      const { region } = parseConfig(readStackFile());
      const setRegion = (to: string): Promise<void> =>
        stack.editConfig((document) => document.setIn(["config", "mastodon:region"], to));
      await setRegion(region === "fra1" ? "ams3" : "fra1");
      const preview = await stack.preview();
      await setRegion(region);
      const words = `but the server runs in "${region}"`;
      const said = [preview.failure ?? "", ...preview.diagnostics].join("\n");
      findings.checks.push(
        checkOf(
          "another region is refused while the server runs, before any step",
          [
            ...(said.includes(words) ? [] : [`not refused in these words: ${said.slice(0, 300)}`]),
            ...preview.steps.map(({ op, urn }) => `${op} ${nameOf(urn)}`),
          ],
          words,
        ),
      );
      return "refused";
    },
  };
}

/** A preview that must be empty. */
export function secondPreview(context: DrillContext, findings: Findings): Phase {
  return {
    title: "second preview",
    run: async () => {
      const preview = succeeded(findings, await rehearsalOf(context).stack.preview());
      findings.checks.push(
        checkOf(
          "a second preview is empty",
          preview.steps.map(({ op, urn }) => `${op} ${urn}`),
          `${preview.counts.same ?? 0} resources unchanged`,
        ),
      );
      return countsOf(preview);
    },
  };
}
