import { join } from "node:path";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation/index.js";
import program from "../../../index.ts";
import { RESOURCE_RULES, STACK_RULES } from "../../../policy/rules/all.ts";
import { checkOf } from "../../checks/check.ts";
import { findSecrets } from "../../checks/secret-search.ts";
import { findEngine } from "../../engine/find-engine.ts";
import { errorsOf, type Operation } from "../../engine/operation.ts";
import { WRITTEN_AT_THE_END } from "../../engine/rehearsed-stack.ts";
import { openFastWorld } from "../../faults/fast-world.ts";
import { secretsOf } from "../../faults/kills.ts";
import type { Phase } from "../../phases.ts";
import { makeRunDirectory } from "../../run-directory.ts";
import { noFindings, type Drill, type Findings } from "../drill.ts";
import type { DrillContext } from "../setup.ts";
import { broken, BREAKS } from "./breaks.ts";
import { worldOf, type RulesScene } from "./scene.ts";
import { unlockPhase } from "./unlock.ts";

/**
 * Most seconds that the pack may add to a preview. Measured on 2026-11-29 on two busy cores: 5.4 s,
 * most of which is the start of its process. It grows with the number of resources.
 */
const DEAREST_SECONDS = 15;

/** The whole stack under the engine with the policy pack, and stacks that break one rule each. */
export function rulesDrill(context: DrillContext): Drill {
  const { projectDirectory } = context;
  const findings = noFindings();
  const scene: RulesScene = { messages: [] };
  return {
    name: "rules",
    findings,
    notProven: [
      "The CLI's own host of policy packs: here the engine starts the SDK's `run-policy-pack`, because there is no language host on this machine.",
      "Pods: Kubernetes only stores objects in this drill.",
    ],
    phases: [
      {
        title: "fast world",
        run: async (progress) => {
          const { root } = await findEngine(progress);
          const directory = join(await makeRunDirectory(), "world");
          scene.fast = await openFastWorld(root, projectDirectory, directory);
          context.close = scene.fast.close;
          return "the whole program, clouds in memory";
        },
      },
      costPhase(scene, findings),
      sound(scene, findings),
      stopped(scene, findings, "rules over a resource", RESOURCE_RULES),
      // The engine asks these at the end of a preview that has passed the others.
      stopped(scene, findings, "rules over the stack", STACK_RULES),
      stoppedInTheMiddle(scene, findings),
      unlockPhase(scene, findings),
      quiet(scene, findings),
    ],
  };
}

/** A violation that the engine reported. */
interface Violation {
  readonly rule: string;
  readonly isMandatory: boolean;
  readonly message: string;
}

/** Runs an operation with the pack, and returns what the pack reported. */
async function judged(
  scene: RulesScene,
  kind: "preview" | "up",
): Promise<{ readonly operation: Operation; readonly violations: readonly Violation[] }> {
  const violations: Violation[] = [];
  const told = ({ policyEvent }: EngineEvent): void => {
    if (policyEvent === undefined) return;
    const { policyName: rule, enforcementLevel, message } = policyEvent;
    violations.push({ rule, isMandatory: enforcementLevel === "mandatory", message });
    scene.messages.push(message);
  };
  const options = { refresh: false, environment: WRITTEN_AT_THE_END, told, policies: true };
  const { stack } = worldOf(scene);
  return {
    operation: kind === "up" ? await stack.up(options) : await stack.preview(options),
    violations,
  };
}

function deploy(scene: RulesScene, changed: PulumiFn): void {
  worldOf(scene).stack.deploy(changed);
}

function costPhase(scene: RulesScene, findings: Findings): Phase {
  return {
    title: "cost of the pack",
    run: async () => {
      // The first preview of a process is slower than those after it.
      await worldOf(scene).stack.preview();
      const without = await worldOf(scene).stack.preview();
      const { operation: within } = await judged(scene, "preview");
      const more = within.seconds - without.seconds;
      const seen = `${without.seconds.toFixed(1)} s without, ${within.seconds.toFixed(1)} s with it`;
      findings.checks.push(
        checkOf(
          `the policy pack makes a preview at most ${DEAREST_SECONDS} s longer`,
          more <= DEAREST_SECONDS ? [] : [seen],
          seen,
        ),
      );
      return seen;
    },
  };
}

function sound(scene: RulesScene, findings: Findings): Phase {
  return {
    title: "the whole stack",
    run: async () => {
      const { operation, violations } = await judged(scene, "up");
      const mandatory = violations.filter(({ isMandatory }) => isMandatory);
      findings.operations.push(operation);
      findings.checks.push(
        checkOf(
          "the committed stack goes through an update under every rule",
          [
            ...(operation.failure === undefined ? [] : errorsOf(operation)),
            ...mandatory.map(({ rule, message }) => `${rule}: ${message}`),
          ],
          `${RESOURCE_RULES.length + STACK_RULES.length} rules, ${operation.counts.create ?? 0} resources`,
        ),
        // The fast world's images have tags alone.
        checkOf(
          "an advisory rule prints, and stops nothing",
          violations.some(({ rule }) => rule === "images-by-digest") &&
            operation.failure === undefined
            ? []
            : ["no warning of an image without a digest"],
          `${violations.length} warnings`,
        ),
      );
      return `${operation.counts.create ?? 0} resources, ${violations.length} warnings`;
    },
  };
}

/** Stacks that break several rules at a time: the engine names each of them. */
function stopped(
  scene: RulesScene,
  findings: Findings,
  title: string,
  rules: readonly { readonly name: string; readonly level: string }[],
): Phase {
  const mandatory = rules.filter(({ level }) => level === "mandatory").map(({ name }) => name);
  return {
    title,
    run: async () => {
      deploy(
        scene,
        broken(
          program,
          BREAKS.filter(({ rule }) => mandatory.includes(rule)),
        ),
      );
      const { operation, violations } = await judged(scene, "preview");
      for (const name of mandatory) {
        const mine = violations.filter(({ rule, isMandatory }) => isMandatory && rule === name);
        findings.checks.push(
          checkOf(
            `${name} stops the engine`,
            [
              ...(operation.failure === undefined ? ["the preview passed"] : []),
              ...(mine.length > 0 ? [] : ["the rule said nothing"]),
            ],
            mine[0]?.message.trim().split("\n").at(-1) ?? "",
          ),
        );
      }
      return `${mandatory.length} rules, ${violations.filter(({ isMandatory }) => isMandatory).length} violations`;
    },
  };
}

/** An update without a preview, which the gate never starts: it ends where the resource is. */
function stoppedInTheMiddle(scene: RulesScene, findings: Findings): Phase {
  return {
    title: "update",
    run: async () => {
      const each = BREAKS.find(({ rule }) => rule === "restricted-pods")!;
      deploy(scene, broken(program, [each]));
      const { operation } = await judged(scene, "up");
      const changed = operation.steps.filter(({ urn }) => urn.endsWith(`::${each.resource}`));
      deploy(scene, program);
      findings.checks.push(
        checkOf(
          "an update ends before it changes the resource that breaks a rule",
          [
            ...(operation.failure === undefined ? ["the update went through"] : []),
            ...changed.map(({ op, urn }) => `${op} ${urn}`),
          ],
          `${operation.steps.length} other steps`,
        ),
      );
      return `${changed.length} steps on ${each.resource}`;
    },
  };
}

function quiet(scene: RulesScene, findings: Findings): Phase {
  return {
    title: "secrets",
    run: async () => {
      const secrets = (await secretsOf(worldOf(scene))).filter(({ value }) => value.length >= 8);
      const text = scene.messages.join("\n");
      const found = [
        ...findSecrets(secrets, [{ name: "messages of policies", text }]),
        ...findSecrets(secrets, await worldOf(scene).stack.haystacks()),
      ];
      findings.checks.push(
        checkOf(
          "no message of a policy and no event has a secret, although a pack sees all in the clear",
          found,
          `${secrets.length} secrets, ${scene.messages.length} messages`,
        ),
      );
      return `${scene.messages.length} messages`;
    },
  };
}
