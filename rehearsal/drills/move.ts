import { join } from "node:path";
import type { Stoppable } from "../../config/keys/stopped.ts";
import { raiseEpoch } from "../../ops/db/epoch.ts";
import { checkOf } from "../checks/check.ts";
import { OLD_ROWS, OldServer } from "../data/old-server.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { countsOf, noFindings, succeeded, type Drill } from "./drill.ts";
import { connectionChecks, liveDeployments, scaleByHand } from "./live.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";
import {
  contentChecks,
  cutCheck,
  EVERYTHING,
  jobsOf,
  newJobsCheck,
  numbersCheck,
  restored,
  stoppedCheck,
  wayBackCheck,
} from "./move-checks.ts";

/**
 * The migration of docs/import.md, step by step, from a simulated old server; and the ways back.
 */
export function moveDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const night: { old?: OldServer; dump: string; jobs: ReadonlySet<string> } = {
    dump: "",
    jobs: new Set(),
  };
  const phase = (title: string, run: (rehearsal: Rehearsal) => Promise<string>): Phase => ({
    title,
    run: async () => await run(rehearsalOf(context)),
  });
  const deployed = async (
    rehearsal: Rehearsal,
    stopped: readonly Stoppable[],
    refresh = false,
  ): Promise<string> => {
    await setStopped(rehearsal, stopped);
    return countsOf(succeeded(findings, await rehearsal.stack.up({ refresh })));
  };
  return {
    name: "move",
    findings,
    phases: [
      ...setupPhases(context),
      phase("old server", async (rehearsal) => {
        night.dump = join(rehearsal.directory, "old.dump");
        night.old = await OldServer.start(
          join(rehearsal.directory, "databases", "old"),
          rehearsal.processes,
        );
        await rehearsal.stack.editConfig((document) =>
          document.setIn(["config", "mastodon:postgres", "origin"], { movedIn: true }),
        );
        await night.old.dump(night.dump);
        return `${OLD_ROWS.statuses} posts of ${OLD_ROWS.users} members, a minor behind`;
      }),
      ...upPhases(context, findings),
      phase("restore into a server that runs", async (rehearsal) => {
        const said = await restored(rehearsal, night.dump).then(
          () => "it was restored",
          (error: unknown) => (error as Error).message,
        );
        findings.checks.push(
          checkOf(
            "a restore is refused while web, streaming and Sidekiq run, with what to type",
            /^sidekiq-.*web still run.*Set mastodon:stopped to \[web, streaming, sidekiq\]/u.test(
              said,
            )
              ? []
              : [said],
            "refused",
          ),
        );
        return "refused";
      }),
      phase("stop", async (rehearsal) => {
        night.jobs = await jobsOf(rehearsal);
        const counts = await deployed(rehearsal, EVERYTHING, true);
        findings.checks.push(await stoppedCheck(rehearsal));
        return counts;
      }),
      phase("a dump that is cut", async (rehearsal) => {
        findings.checks.push(await cutCheck(rehearsal, night.dump));
        return "refused";
      }),
      phase("restore", async (rehearsal) => {
        const { leftOut } = await restored(rehearsal, night.dump);
        const epoch = await raiseEpoch(rehearsal.stack.stackFile);
        findings.checks.push(
          checkOf(
            "the old server's dump is restored as the application's role, without what only a superuser may make",
            [
              ...(leftOut.some((line) => line.includes("EXTENSION - pg_stat_statements"))
                ? []
                : ["the extension was not left out"]),
              ...(epoch === 2 ? [] : [`the epoch is ${epoch}`]),
            ],
            `${leftOut.length} entries left out, epoch ${epoch}`,
          ),
        );
        return `epoch ${epoch}`;
      }),
      phase("start web and streaming", async (rehearsal) => {
        const counts = await deployed(rehearsal, ["sidekiq"]);
        findings.checks.push(
          await newJobsCheck(rehearsal, night.jobs),
          ...(await contentChecks(rehearsal, night.old)),
          await numbersCheck(rehearsal, "after the restore", ["sidekiq"]),
        );
        return counts;
      }),
      phase("start Sidekiq", async (rehearsal) => {
        const counts = await deployed(rehearsal, []);
        findings.checks.push(
          await numbersCheck(rehearsal, "at the end of the night", []),
          ...(await connectionChecks(rehearsal)),
        );
        return counts;
      }),
      secondPreview(context, findings),
      phase("scaled to 0 by hand", async (rehearsal) => {
        for (const { metadata } of await liveDeployments(rehearsal))
          await scaleByHand(rehearsal, metadata?.name ?? "", 0);
        await deployed(rehearsal, EVERYTHING, true);
        const counts = await deployed(rehearsal, []);
        findings.checks.push(
          await numbersCheck(rehearsal, "after `kubectl scale --all --replicas=0`", []),
        );
        return counts;
      }),
      phase("the way back", async (rehearsal) => {
        findings.checks.push(await wayBackCheck(rehearsal, night.dump, night.old, deployed));
        return "its own dump, and the old server's once more";
      }),
      phase("own parts", async ({ faults }) => {
        findings.checks.push(checkOf("the rehearsal's own parts worked", faults, "no fault"));
        return `${faults.length} faults`;
      }),
    ],
  };
}

async function setStopped({ stack }: Rehearsal, stopped: readonly Stoppable[]): Promise<void> {
  await stack.editConfig((document) => {
    if (stopped.length === 0) document.deleteIn(["config", "mastodon:stopped"]);
    else document.setIn(["config", "mastodon:stopped"], document.createNode(stopped));
  });
}
