import { IMAGES, type Images } from "../../config/images.ts";
import { partsOf } from "../../domain/images.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { runStack } from "../../index.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { checkRolloutJudgement } from "../checks/rollout-judgement.ts";
import { findSecrets } from "../checks/secret-search.ts";
import type { ServingWatch } from "../checks/serving-pods.ts";
import { nameOf, type Operation } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { DRILLED } from "../releases.ts";
import { formatDuration } from "../../pages/duration.ts";
import { timelineOf } from "../timeline/update-timeline.ts";
import { countsOf, noFindings, succeeded, type Drill, type Findings } from "./drill.ts";
import { liveApi, livePods, queryAsWeb, streamingReadsChecks } from "./live.ts";
import {
  bootsOf,
  bothAnswered,
  everythingThatRan,
  imagesOf,
  installPhases,
  isOf,
  servingImages,
  watchServing,
} from "./release-steps.ts";
import { withMistake } from "./broken-pods.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { STEP_FAULTS, type StepFault } from "./upgrade-faults.ts";
import { allHaystacks, allSecrets } from "./world-secrets.ts";

/**
 * Images of the release before the committed one, with the other images that Renovate would have
 * moved.
 */
const BEFORE: Images = {
  ...imagesOf(DRILLED.before),
  postgres: "docker.io/library/postgres:17.9-alpine3.23",
};
const AFTER: Images = imagesOf(DRILLED.after);

/** Earlier grants of streaming's role: more than it has now. */
const OLD_GRANTS =
  "GRANT SELECT ON ALL TABLES IN SCHEMA public TO mastodon_streaming; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO mastodon_streaming";

/**
 * Two upgrades: one over a minor, in which each step fails once, and one by a patch without
 * migrations.
 */
export function upgradeDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const watched: { watch?: ServingWatch } = {};
  return {
    name: "upgrade",
    findings,
    phases: [
      ...setupPhases(context),
      ...installPhases(context, findings, BEFORE),
      nothingNew(context, findings, "an update with nothing new"),
      {
        title: "judgement of rollouts",
        run: async () => {
          const check = await checkRolloutJudgement(rehearsalOf(context).imageRoot);
          findings.checks.push(check);
          return check.detail.slice(0, 120);
        },
      },
      {
        title: "watch",
        run: async () => {
          watched.watch = await watchServing(rehearsalOf(context));
          // As in a database of an older program, which granted streaming every table, present and
          // future.
          await queryAsWeb(rehearsalOf(context), OLD_GRANTS);
          return "every change of every pod from here on";
        },
      },
      ...STEP_FAULTS.map((fault) => failingPhase(context, findings, fault)),
      upgradePhase(context, findings, { from: BEFORE, to: IMAGES }),
      nothingNew(context, findings, "an update after it"),
      upgradePhase(context, findings, { from: IMAGES, to: AFTER }),
      {
        title: "count of what served",
        run: async () => {
          const { watch } = watched;
          if (watch === undefined) throw new Error("Nobody watched.");
          const check = await watch.stop(
            "at every moment of both upgrades enough of web and streaming served, and there were no two schedulers",
          );
          findings.checks.push(check, watch.order);
          return check.detail.slice(0, 120);
        },
      },
      watchSees(context, findings),
      {
        title: "secrets",
        run: async () => {
          const rehearsal = rehearsalOf(context);
          const secrets = await allSecrets(rehearsal);
          const haystacks = await allHaystacks(rehearsal);
          findings.checks.push(
            checkOf(
              "no secret stands in what the failed steps said, nor anywhere else that somebody may read",
              findSecrets(secrets, haystacks),
              `${secrets.length} secrets looked for in ${haystacks.length} places`,
            ),
          );
          return `${secrets.length} secrets, ${haystacks.length} places`;
        },
      },
    ],
  };
}

/** An attempt to upgrade to the committed release in which one step fails. */
function failingPhase(context: DrillContext, findings: Findings, fault: StepFault): Phase {
  const { step, what, says, serves, mistake } = fault;
  const of = typeof serves === "string" ? undefined : serves.asBefore;
  const whoServes = of === undefined ? String(serves) : `${of} as before`;
  return {
    title: `${step} fails: ${what}`,
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { stack } = rehearsal;
      const program = (): ReturnType<typeof runStack> => runStack(IMAGES);
      stack.deploy(mistake === undefined ? program : withMistake(program, mistake));
      const components = of === undefined ? undefined : [of];
      const before = await servingImages(rehearsal, components);
      await fault.breakIt?.(rehearsal);
      const up = await stack.up();
      findings.operations.push(up);
      await fault.mend?.(rehearsal);
      const said = [up.failure ?? "", ...up.diagnostics].join("\n");
      const [serving, failed] = [await servingImages(rehearsal, components), failedSteps(up)];
      const wanted = serves === "the new version" ? IMAGES : BEFORE;
      const fits = (image: string): boolean =>
        of === undefined ? isOf(image, wanted) : before.includes(image);
      const { running } = (await stack.outputs()) as {
        readonly running?: { readonly mastodonVersion?: string };
      };
      findings.checks.push(
        checkOf(
          `where ${step} fails, the update stops there and says so, with the step's last lines`,
          [
            ...(up.failure === undefined ? ["the update went on"] : []),
            ...(failed.join() === step ? [] : [`it stopped at ${failed.join(", ") || "nothing"}`]),
            // For an existing object, the provider prints its own name instead of the URN.
            ...(said.includes(`::${step}`) || said.includes(`"${NAMESPACE}/${step}"`)
              ? []
              : ["the step is not named"]),
            ...(says.test(said) ? [] : [`not said: ${String(says)}; but ${said.slice(0, 500)}`]),
          ],
          `${says.exec(said)?.[0].slice(0, 300) ?? ""}, after ${formatDuration(up.seconds)}`,
        ),
        checkOf(
          `where ${step} fails (${what}), ${whoServes} serves on`,
          [
            ...serving.filter((image) => !fits(image)).map((image) => `${image} serves`),
            ...(serving.length === 0 ? ["nothing serves"] : []),
            ...(running?.mastodonVersion === partsOf(BEFORE.mastodon).tag
              ? []
              : [`the stack says that ${String(running?.mastodonVersion)} runs`]),
          ],
          serving.join(", "),
        ),
      );
      if (step.startsWith("rollout"))
        findings.checks.push(await notMigrated(rehearsal, what, up.seconds));
      // Pages of the old version are open when the new one's files are already available.
      if (step === "migrate-pre-deployment")
        findings.checks.push(
          ...(await bothAnswered(rehearsal, "in the middle of", BEFORE, IMAGES)),
        );
      return said.includes(step) ? "stopped there" : "not as it should";
    },
  };
}

/**
 * Time limit of an attempt whose pods can't start, seconds: the provider's own timeout was ten
 * minutes.
 */
const EARLY_SECONDS = 120;

/** A stuck rollout must fail early, and the last migration must not run meanwhile. */
async function notMigrated(rehearsal: Rehearsal, what: string, seconds: number): Promise<Check> {
  const columns = await queryAsWeb(
    rehearsal,
    "SELECT count(*) FROM information_schema.columns WHERE table_name = 'statuses' AND column_name = 'old_note'",
  );
  return checkOf(
    `${what}: the update ends early, before the migration that drops what old pods read`,
    [
      ...(columns === "1" ? [] : ["the migration ran"]),
      ...(seconds < EARLY_SECONDS ? [] : [`it took ${formatDuration(seconds)}`]),
    ],
    formatDuration(seconds),
  );
}

/** A successful update to other images, with its expected effects. */
export function upgradePhase(
  context: DrillContext,
  findings: Findings,
  { from, to }: { readonly from: Images; readonly to: Images },
): Phase {
  const [old, current] = [partsOf(from.mastodon).tag, partsOf(to.mastodon).tag];
  return {
    title: `upgrade from ${old} to ${current}`,
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { stack, clock } = rehearsal;
      stack.deploy(() => runStack(to));
      const boots = await bootsOf(rehearsal);
      const up = succeeded(findings, await stack.up());
      findings.timeline = timelineOf(up, await stack.resources(), clock.durationsByUrn());
      const [serving, outputs] = [await servingImages(rehearsal), await stack.outputs()];
      const booted = (await bootsOf(rehearsal)) - boots;
      const seeded = await queryAsWeb(rehearsal, "SELECT count(*) FROM accounts WHERE id = -99");
      const migrates = old === partsOf(BEFORE.mastodon).tag;
      findings.checks.push(
        checkOf(
          `after the upgrade to ${current} nothing else serves, and the stack knows what went before`,
          [
            ...serving.filter((image) => !isOf(image, to)).map((image) => `${image} serves`),
            ...complaintsAbout(outputs["running"], to, from),
            ...(seeded === "1" ? [] : ["the seeds are missing"]),
          ],
          serving.join(", "),
        ),
        migrates
          ? checkOf(
              "what a fault left undone is done by the next update, and only that",
              booted === 1 ? [] : [`Rails was booted ${booted} times`],
              "the post-deployment migration alone",
            )
          : checkOf(
              "an upgrade with nothing to migrate boots Rails in no Job",
              booted === 0 ? [] : [`it was booted ${booted} times`],
              `in place in ${formatDuration(up.seconds)} here`,
            ),
        ...(await bothAnswered(rehearsal, "after", from, to)),
        ...(await streamingReadsChecks(rehearsal, to.mastodon)).map((check) => ({
          ...check,
          name: `after the upgrade to ${current}, ${check.name}`,
        })),
      );
      return countsOf(up);
    },
  };
}

function complaintsAbout(running: unknown, to: Images, from: Images): readonly string[] {
  const { mastodonImage, previousImage } = (running ?? {}) as Readonly<
    Partial<Record<"mastodonImage" | "previousImage", string>>
  >;
  return mastodonImage === to.mastodon && previousImage === from.mastodon
    ? []
    : [`the stack says ${String(mastodonImage)} after ${String(previousImage)}`];
}

/** An update without a change must change nothing: no step, no Job, no pod. */
function nothingNew(context: DrillContext, findings: Findings, title: string): Phase {
  return {
    title,
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const before = await everythingThatRan(rehearsal);
      const up = succeeded(findings, await rehearsal.stack.up());
      const after = await everythingThatRan(rehearsal);
      findings.checks.push(
        checkOf(
          `${title} runs nothing: no step, no Job, no pod`,
          [
            ...up.steps.map(({ op, urn }) => `${op} ${nameOf(urn)}`),
            ...[...after].filter((one) => !before.has(one)).map((one) => `${one} is new`),
            ...[...before].filter((one) => !after.has(one)).map((one) => `${one} is gone`),
          ],
          `${after.size} Jobs and pods as they were, ${formatDuration(up.seconds)}`,
        ),
      );
      return countsOf(up);
    },
  };
}

function failedSteps(up: Operation): readonly string[] {
  return [...new Set(up.steps.filter(({ failed }) => failed).map(({ urn }) => nameOf(urn)))];
}

/** A watch that never fails would prove nothing: this one must detect a deleted pod. */
function watchSees(context: DrillContext, findings: Findings): Phase {
  return {
    title: "a pod deleted by hand",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const watch = await watchServing(rehearsal);
      const victim = (await livePods(rehearsal)).find(
        ({ metadata }) => metadata?.labels?.["app.kubernetes.io/component"] === "web",
      );
      const name = victim?.metadata?.name ?? "";
      await liveApi(rehearsal).deleteNamespacedPod({ name, namespace: NAMESPACE });
      const deadline = Date.now() + 10_000;
      while (watch.breaches.length === 0 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 50));
      const { breaches } = watch;
      await watch.stop("");
      findings.checks.push(
        checkOf(
          "the same count sees a web pod that is deleted by hand",
          breaches.length > 0 ? [] : ["it saw nothing"],
          breaches[0] ?? "",
        ),
        checkOf("the rehearsal's own parts worked", rehearsal.faults, "no fault"),
      );
      return breaches[0] ?? "not seen";
    },
  };
}
