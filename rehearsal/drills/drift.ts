import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { isDeepStrictEqual } from "node:util";
import { readFile } from "node:fs/promises";
import { parseConfig } from "../../input/parse.ts";
import { readConfig, valuesOf } from "../../input/stack-text.ts";
import { driftOf, type Drift } from "../../ops/drift/differences.ts";
import { refreshedIn } from "../../ops/drift/refreshed.ts";
import { readEngineLog } from "../../ops/report/engine-log.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { nameOf } from "../engine/operation.ts";
import type { Rehearsal } from "../rehearsal.ts";
import type { Phase } from "../phases.ts";
import { countsOf, succeeded, type Findings } from "./drill.ts";
import { CHANGED_BY_HAND, changeByHand, checkMended, checkSteps } from "./hand-changes.ts";
import { scaleByHand } from "./live.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/** The nightly look for drift, and both cures of a difference, with the real engine's events. */

/** Objects that are put back one by one; all others by the command of a replaced one. */
const PUT_BACK: readonly string[] = ["streaming", "web-service"];

/** Changes by hand must show in the next preview, and the next deploy reverts them. */
export function driftPhase(context: DrillContext, findings: Findings): Phase {
  return {
    title: "change by hand",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const before = await changeByHand(rehearsal);
      const preview = succeeded(findings, await rehearsal.stack.preview({ refresh: true }));
      const putBack = await putBackChecks(rehearsal);
      const up = succeeded(findings, await rehearsal.stack.up({ refresh: true }));
      const rest = CHANGED_BY_HAND.filter((name) => !PUT_BACK.includes(name));
      findings.checks.push(
        checkSteps(
          "changes by hand show in a preview with refresh, and nothing else does",
          preview,
        ),
        ...putBack,
        checkSteps(
          "an update with refresh touches what was changed by hand, and nothing else",
          up,
          rest,
        ),
        await checkMended(rehearsal, before),
        await adoptCheck(rehearsal),
      );
      return countsOf(up);
    },
  };
}

/** The differences that the nightly job would find now. */
async function look({ stack }: Rehearsal): Promise<readonly Drift[]> {
  const preview = async (refresh: boolean): Promise<readonly EngineEvent[]> => {
    const events: EngineEvent[] = [];
    await stack.preview({ refresh, told: (event) => events.push(event) });
    return events;
  };
  const text = stackTextOf(await readFile(stack.stackFile, "utf8"), "Pulumi.prod.yaml");
  const plain = await preview(false);
  const refreshed = await preview(true);
  return driftOf({
    plain: readEngineLog(plain),
    refreshed: readEngineLog(refreshed),
    found: refreshedIn(refreshed),
    configured: { raw: valuesOf(text.texts), config: readConfig(text) },
  });
}

/** Puts objects back by the commands of the report, one at a time. */
async function putBackChecks(rehearsal: Rehearsal): Promise<readonly Check[]> {
  const found = await look(rehearsal);
  const names = found.map(({ name }) => name).sort();
  const checks = [
    checkOf(
      "the look for drift has one row for each object that was changed by hand, and no other",
      isDeepStrictEqual(names, [...CHANGED_BY_HAND].sort()) ? [] : [names.join(", ")],
      names.join(", "),
    ),
  ];
  for (const name of PUT_BACK) {
    const { putBack = "" } = found.find((row) => row.name === name) ?? {};
    const [, target = ""] = /--target '([^']+)'/u.exec(putBack) ?? [];
    const { failure } = await rehearsal.stack.up({ refresh: true, target });
    const left = (await look(rehearsal)).map((row) => row.name);
    const gone = names.filter((each) => !left.includes(each));
    names.splice(0, names.length, ...left);
    checks.push(
      checkOf(
        `${name} is put back by its own command, and nothing else is`,
        [
          ...(failure === undefined ? [] : [failure]),
          ...(isDeepStrictEqual(gone, [name]) ? [] : [`put back: ${gone.join(", ") || "nothing"}`]),
        ],
        putBack,
      ),
    );
  }
  const whole = found.filter(({ putBack }) => !putBack.includes("--target"));
  checks.push(
    checkOf(
      "an object that is replaced is put back with everything else, by the update that follows",
      whole.length === 2 ? [] : [`replaced: ${whole.map(({ name }) => name).join(", ")}`],
      whole.map(({ name, putBack }) => `${name}: ${putBack}`).join("; "),
    ),
  );
  return checks;
}

/** Scales streaming by hand, adopts that by the command of the report, and takes it away again. */
async function adoptCheck(rehearsal: Rehearsal): Promise<Check> {
  const { stack } = rehearsal;
  const { streaming } = parseConfig(readStackFile());
  await scaleByHand(rehearsal, "streaming", streaming.replicas - 1);
  const rows = await look(rehearsal);
  const adopt = rows.flatMap(({ fields }) => fields.flatMap((field) => field.adopt ?? []))[0];
  const before = await readFile(stack.stackFile, "utf8");
  const [, , , ...args] = adopt?.command?.split(" ") ?? [];
  if (args.length > 0) await stack.pulumi(["config", "set", ...args, "--stack", "prod"]);
  const left = await stack.preview({ refresh: true });
  await stack.editConfig((document) => document.deleteIn(["config", "mastodon:streaming"]));
  await stack.up({ refresh: true });
  return checkOf(
    "streaming's number of pods is adopted by the command of the report",
    [
      ...(adopt?.refused === undefined ? [] : [adopt.refused]),
      ...(before.includes("mastodon:streaming:") ? ["the stack file had the key before"] : []),
      ...(args.length === 0 ? ["there is no command"] : []),
      // Others follow from the number, as the quota; the next deploy brings them.
      ...left.steps
        .filter(({ urn }) => nameOf(urn) === "streaming")
        .map(({ op, urn }) => `${op} ${nameOf(urn)}`),
    ],
    adopt?.command ?? "",
  );
}
