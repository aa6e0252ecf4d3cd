import { basename } from "node:path";
import { Command } from "commander";
import { sentenceOf } from "../command-line.ts";
import { withinLimit } from "../doctor/limit.ts";
import { clean } from "../doctor/without-secrets.ts";
import type { StackPlace } from "../stack-file/place.ts";
import type { Part, Shown } from "./part.ts";
import { costs } from "./parts/costs.ts";
import { dumps } from "./parts/dumps.ts";
import { full } from "./parts/full.ts";
import { outside } from "./parts/outside.ts";
import { runs } from "./parts/runs.ts";
import { waits } from "./parts/waits.ts";
import { PART_LIMIT_MS, statusSceneOf, type StatusScene, type StatusWorld } from "./scene.ts";

/** Parts of the screen, from top to bottom. */
const PARTS: readonly Part[] = [runs, outside, costs, full, dumps, waits];

interface Options extends StackPlace {
  readonly json: boolean;
  readonly context?: string;
}

/**
 * `npm run status`. One screen about a server that runs. It only reads, and does not fail where
 * something is wrong: `npm run doctor` does.
 * @param args the arguments after `--`.
 * @param worldOf makes the world, with a context of the kubeconfig.
 * @throws Error in a sentence for the operator.
 */
export async function runStatus(
  args: readonly string[],
  worldOf: (context: string | undefined) => StatusWorld,
): Promise<void> {
  const { say, cwd: here } = worldOf(undefined);
  const program = new Command("npm run status --")
    .description("One screen: pods, health, cost, limits, the newest dump, and what waits for you.")
    .option("--stack <name>", "the stack", "prod")
    .option("--cwd <folder>", "the project's folder", here)
    .option("--context <name>", "context of the kubeconfig; else the current one")
    .option("--json", "prints the parts as JSON", false)
    .exitOverride()
    .configureOutput({ writeOut: say, writeErr: say })
    .action(async ({ stack, cwd, json, context }: Options) => {
      const world = worldOf(context);
      const scene = statusSceneOf({ stack, cwd }, world);
      const begun = performance.now();
      const [domain, ...shown] = await Promise.all([
        scene.config().then(
          (config) => config.domain,
          () => basename(stack),
        ),
        ...PARTS.map((part) => shownBy(part, scene, world.limitMs)),
      ]);
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      say(
        json
          ? JSON.stringify(shown, undefined, 2)
          : [...screenOf(shown), "", `${domain} (${stack}), asked in ${seconds} s.`].join("\n"),
      );
    });
  await program.parseAsync(args, { from: "user" });
}

/** @param limitMs the world's own limit for every part; undefined: each part's. */
async function shownBy(
  part: Part,
  scene: StatusScene,
  limitMs: number = part.limitMs ?? PART_LIMIT_MS,
): Promise<Shown> {
  const { name } = part;
  const shown = await withinLimit(part.ask(scene), limitMs).then(
    (seen): Shown => ({ name, ...part.tell(seen) }),
    (error: unknown): Shown => ({ name, word: "unknown", lines: [sentenceOf(error)] }),
  );
  return { ...shown, lines: shown.lines.map((line) => clean(line, scene.environment)) };
}

/** Signs of the words; the words stand in the JSON. */
const SIGNS: Readonly<Record<Shown["word"], string>> = { well: " ", look: "!", unknown: "?" };

function screenOf(shown: readonly Shown[]): readonly string[] {
  return shown.flatMap(({ name, word, lines }) =>
    lines.map((line, at) => `${SIGNS[word]} ${(at === 0 ? name : "").padEnd(6)} ${line}`),
  );
}
