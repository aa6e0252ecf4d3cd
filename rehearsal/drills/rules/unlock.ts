import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation/index.js";
import program from "../../../index.ts";
import { readEngineLog } from "../../../ops/report/engine-log.ts";
import { configOf } from "../../../ops/stack-file/place.ts";
import { runUnlock } from "../../../ops/unlock/command.ts";
import { stepFindings } from "../../../policy/steps/all.ts";
import { stepContextOf } from "../../../policy/steps/context.ts";
import type { Finding } from "../../../policy/views.ts";
import { checkOf } from "../../checks/check.ts";
import { errorsOf, type Operation } from "../../engine/operation.ts";
import { WRITTEN_AT_THE_END } from "../../engine/rehearsed-stack.ts";
import type { Phase } from "../../phases.ts";
import type { Findings } from "../drill.ts";
import { broken } from "./breaks.ts";
import { worldOf, type RulesScene } from "./scene.ts";

/** A serving Deployment that can't exist twice: what its pods are selected by never changes. */
const OUTAGE: PulumiFn = broken(program, [
  {
    rule: "no-outage-without-a-name",
    resource: "streaming",
    path: "spec.selector.matchLabels.release",
    change: () => "another",
  },
]);

/** Besides, a protected bucket under another name. */
const BUCKET = "media-r2-bucket";
const LOSS: PulumiFn = broken(OUTAGE, [
  { rule: "no-loss-without-an-unlock", resource: BUCKET, path: "name", change: () => "another" },
]);

/** The arguments of a line, as a shell reads them. */
function argsOf(line: string): readonly string[] {
  return (line.match(/"[^"]*"|\S+/gu) ?? []).slice(4).map((word) => word.replaceAll('"', ""));
}

/** Runs an operation, and judges the engine's own steps. */
async function judgedSteps(
  scene: RulesScene,
  kind: "preview" | "up",
): Promise<{ readonly operation: Operation; readonly found: readonly Finding[] }> {
  const { stack } = worldOf(scene);
  const events: EngineEvent[] = [];
  const told = (event: EngineEvent): void => void events.push(event);
  const options = { refresh: false, environment: WRITTEN_AT_THE_END, told };
  const config = await configOf({ stack: "prod", cwd: stack.folder });
  const operation = kind === "up" ? await stack.up(options) : await stack.preview(options);
  const { steps, running } = readEngineLog(events);
  return { operation, found: stepFindings(steps, stepContextOf("prod", config, running)) };
}

/** Types a cure in the folder of the stack. */
async function typed(scene: RulesScene, line: string): Promise<void> {
  // A finding without a line is a fault of its own check.
  if (line === "") return;
  const { stack } = worldOf(scene);
  await runUnlock(argsOf(line), {
    say: () => undefined,
    now: () => new Date(),
    pulumi: () => stack.pulumi,
    cwd: stack.folder,
  });
}

/** A replacement that is refused, unlocked by the line that the finding names, and made. */
export function unlockPhase(scene: RulesScene, findings: Findings): Phase {
  return {
    title: "unlock",
    run: async () => {
      const { stack } = worldOf(scene);
      // Of the drill's stopped update nothing may be left to do.
      stack.deploy(program);
      await judgedSteps(scene, "up");

      stack.deploy(OUTAGE);
      const locked = await judgedSteps(scene, "preview");
      const cure = locked.found[0]?.cure ?? "";
      await typed(scene, cure);
      const open = await judgedSteps(scene, "preview");
      const made = await judgedSteps(scene, "up");
      const spent = await judgedSteps(scene, "preview");
      const names = (found: readonly Finding[]): string => found.map(({ rule }) => rule).join(", ");
      findings.checks.push(
        checkOf(
          "a Deployment that serves goes first only if its line was typed, and the line is spent then",
          [
            ...(names(locked.found) === "no-outage-without-a-name"
              ? []
              : [`before: ${names(locked.found) || "nothing found"}`]),
            ...(open.found.length === 0 ? [] : [`with the line: ${names(open.found)}`]),
            ...(made.operation.failure === undefined ? [] : errorsOf(made.operation)),
            ...(names(spent.found) === "no-spent-unlock"
              ? []
              : [`after: ${names(spent.found) || "nothing found"}`]),
          ],
          cure,
        ),
      );
      await typed(scene, spent.found[0]?.cure ?? "");

      stack.deploy(LOSS);
      const refused = await judgedSteps(scene, "preview");
      await typed(scene, `npm run unlock -- ${BUCKET} --because "why" --stack prod`);
      await stack.editConfig((file) => file.setIn(["config", "mastodon:anew"], { [BUCKET]: 1 }));
      const permitted = await judgedSteps(scene, "preview");
      findings.checks.push(
        checkOf(
          "a protected bucket is replaced only if its line was typed",
          [
            ...(refused.operation.failure === undefined ? ["without it the preview passed"] : []),
            ...(permitted.operation.failure === undefined ? [] : errorsOf(permitted.operation)),
            ...(permitted.found.length === 0 ? [] : [names(permitted.found)]),
            ...((permitted.operation.counts["create-replacement"] ??
              permitted.operation.counts.replace ??
              0) > 0
              ? []
              : ["nothing is replaced"]),
          ],
          errorsOf(refused.operation)[0] ?? "",
        ),
      );
      return cure;
    },
  };
}
