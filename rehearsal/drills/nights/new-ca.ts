import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { checkOf } from "../../checks/check.ts";
import { replaceDatabaseCa } from "../../clouds/mishaps.ts";
import { nameOf } from "../../engine/operation.ts";
import { WRITTEN_AT_THE_END } from "../../engine/rehearsed-stack.ts";
import type { Phase } from "../../phases.ts";
import { countsOf, succeeded, type Findings } from "../drill.ts";
import { connectionChecks, queryAsWeb } from "../live.ts";
import { rehearsalOf, type DrillContext } from "../setup.ts";

const SIDEKIQ = parseConfig(readStackFile()).sidekiq.map(({ name }) => `sidekiq-${name}`);

/**
 * DigitalOcean replaces its private CA: the next update must bring the new one into every pod that
 * trusts the old one.
 */
export function newCa(context: DrillContext, findings: Findings): Phase {
  return {
    title: "new CA of the database",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      await replaceDatabaseCa(rehearsal.world);
      const locked = await queryAsWeb(rehearsal, "SELECT 1").then(
        () => "web still gets in",
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      const up = succeeded(
        findings,
        await rehearsal.stack.up({ refresh: false, environment: WRITTEN_AT_THE_END }),
      );
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
