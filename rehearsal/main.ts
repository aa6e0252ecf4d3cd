import { Command } from "commander";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../config/words/nearest.ts";
import { fromCommandLine } from "../ops/command-line.ts";
import type { Check } from "./checks/check.ts";
import type { CutOptions } from "./drills/cut.ts";
import type { Drill } from "./drills/drill.ts";
import type { FaultsOptions } from "./drills/faults.ts";
import type { NodeOptions } from "./drills/node.ts";
import type { DrillContext } from "./drills/setup.ts";
import { imageSourceOf, LOOPBACK } from "./images/source.ts";
import { mustBeAble } from "./machine/preflight.ts";
import type { Ground } from "./machine/parts.ts";
import { installedPlugins, pluginKindOf, type PluginKind } from "./engine/cloud-plugins.ts";
import { enclosedFile } from "./node/enclosure.ts";
import { runPhases, type PhaseResult } from "./phases.ts";
import { drillPage } from "./reports/drill-page.ts";
import { notProvenWith, summaryOf, writeResult } from "./result.ts";

const PROJECT = join(fileURLToPath(import.meta.url), "..", "..");

/** A drill, and where it takes place. */
interface Entry {
  readonly ground: Ground;
  /** Whether it may run with the clouds' real plugins. Default no: it asks the simulated for what no API does. */
  readonly realPlugins?: true;
  /** Loads it: only one of them runs, and a refusal of this machine need not wait for any. */
  readonly load: () => Promise<(context: DrillContext, options: DrillOptions) => Drill>;
}

const DRILLS: Readonly<Record<string, Entry>> = {
  whole: {
    ground: "loopback",
    realPlugins: true,
    load: async () => (await import("./drills/whole.ts")).wholeDrill,
  },
  rebuild: {
    ground: "loopback",
    load: async () => (await import("./drills/rebuild.ts")).rebuildDrill,
  },
  profiles: {
    ground: "loopback",
    load: async () => (await import("./drills/profiles.ts")).profilesDrill,
  },
  upgrade: {
    ground: "loopback",
    load: async () => (await import("./drills/upgrade.ts")).upgradeDrill,
  },
  keys: {
    ground: "commands",
    load: async () => (await import("./drills/keys.ts")).keysDrill,
  },
  state: {
    ground: "commands",
    load: async () => (await import("./drills/state.ts")).stateDrill,
  },
  edge: {
    ground: "loopback",
    load: async () => (await import("./drills/edge.ts")).edgeDrill,
  },
  media: {
    ground: "loopback",
    load: async () => (await import("./drills/media.ts")).mediaDrill,
  },
  options: {
    ground: "loopback",
    load: async () => (await import("./drills/options.ts")).optionsDrill,
  },
  fence: {
    ground: "loopback",
    load: async () => (await import("./drills/fence.ts")).fenceDrill,
  },
  cut: {
    ground: "loopback",
    load: async () => (await import("./drills/cut.ts")).cutDrill,
  },
  faults: {
    ground: "commands",
    load: async () => (await import("./drills/faults.ts")).faultsDrill,
  },
  move: {
    ground: "loopback",
    load: async () => (await import("./drills/move.ts")).moveDrill,
  },
  node: {
    ground: "nodes",
    load: async () => (await import("./drills/node.ts")).nodeDrill,
  },
  load: {
    ground: "nodes",
    load: async () => (await import("./drills/node.ts")).loadDrill,
  },
  traces: {
    ground: "nodes",
    load: async () => (await import("./drills/traces.ts")).tracesDrill,
  },
};

/** Drills that run in a world of their own, which another process of ours makes before. */
const ENCLOSED: ReadonlySet<string> = new Set(["node", "load"]);

/** Options of the command line, for every drill; most take none of them. */
interface DrillOptions extends NodeOptions, CutOptions, FaultsOptions {
  readonly keep: boolean;
  readonly plugins: PluginKind;
}

/** Runs one drill to its end, writes its result, and answers whether all of it passed. */
async function rehearse({ load }: Entry, options: DrillOptions): Promise<boolean> {
  const context: DrillContext = {
    projectDirectory: PROJECT,
    ...(options.plugins === "real" && { plugins: installedPlugins(process.env) }),
  };
  const drill = (await load())(context, options);
  const close = closeOnSignals(context);
  const startedAt = new Date();
  try {
    const phases = await runPhases(drill.phases);
    const { findings } = drill;
    const result = {
      drill: drill.name,
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      phases,
      checks: [...findings.checks, everyPhase(drill, phases)],
      operations: findings.operations,
      resources: findings.resources,
      timeline: findings.timeline,
      notProven: drill.notProven ?? notProvenWith(context.plugins),
    };
    const folder = join(PROJECT, "rehearsal", "out", drill.folder);
    const written = await writeResult(folder, result, drillPage(result));
    await context.rehearsal?.stack.writeEventLog(join(folder, "events.jsonl"));
    console.log(summaryOf(result, written));
    const passed = result.checks.every((check) => check.passed);
    if (options.keep && context.rehearsal !== undefined) {
      const { printAccess } = await import("./drills/keep.ts");
      printAccess(context.rehearsal);
      await new Promise(() => undefined); // Until Ctrl-C.
    }
    return passed;
  } finally {
    await close();
  }
}

/** Makes a world of its own and runs this very command in it. */
async function enclose(options: DrillOptions): Promise<boolean> {
  const { encloseNodeDrill } = await import("./drills/node.ts");
  return await encloseNodeDrill([process.execPath, ...process.argv.slice(1)], options);
}

function noSuchDrill(name: string): string {
  const drills = Object.keys(DRILLS);
  const meant = nearest(name, drills);
  return `There is no drill "${name}". ${meant === undefined ? "" : `Did you mean ${meant}? `}There are: ${drills.join(", ")}.`;
}

function noRealPlugins(name: string): string {
  const able = Object.keys(DRILLS).filter((each) => DRILLS[each]?.realPlugins === true);
  return `The drill ${name} asks the simulated clouds for what only they can do, so it does not run with --plugins real. Leave that out, or run \`npm run rehearse -- ${able[0]} --plugins real\`.`;
}

/** A phase that stopped the drill is a failure of its own: the checks after it never ran. */
function everyPhase(drill: Drill, phases: readonly PhaseResult[]): Check {
  const failed = phases.find((phase) => phase.failed);
  return {
    name: "every phase came to its end",
    passed: failed === undefined && phases.length === drill.phases.length,
    detail:
      failed === undefined
        ? `${phases.length} phases`
        : `"${failed.title}" stopped the drill: ${failed.detail}`,
  };
}

/** Ctrl-C, or a supervisor's polite end: everything is stopped before we go. Answers the same for the ordinary way out. */
function closeOnSignals(context: DrillContext): () => Promise<void> {
  const close = async (): Promise<void> => await context.close?.();
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)
    // `on`, not `once`: a library that finds no other listener left sends itself the signal again, and we end in mid-air.
    process.on(signal, () => {
      void close().finally(() => process.exit(status));
    });
  return close;
}

/** Reads an option that is a whole number. */
function numberIn(option: string): (word: string) => number {
  return (word) => {
    if (/^\d{1,9}$/u.test(word)) return Number(word);
    throw new Error(`${option} ${word} is no whole number. Write ${option} 3.`);
  };
}

/** The command line's options, as they were typed. */
interface Words {
  readonly keep: boolean;
  readonly images: string;
  readonly registry?: string;
  readonly plugins: string;
  readonly seed: number;
  readonly kills: number;
  readonly share: number;
  readonly cell: number;
  readonly steps: number;
}

const command = new Command("rehearse")
  .description("Takes the committed production stack through a whole world on this machine.")
  .argument("[drill]", `what to rehearse: ${Object.keys(DRILLS).join(", ")}`, "whole")
  .option("--keep", "leave the world up, until Ctrl-C, and say how to reach it", false)
  .option("--images <kind>", "of the drill node: local, made here, or real, pulled", "local")
  .option(
    "--registry <host:port>",
    `with --images real: a registry that has each image under its full name, or ${LOOPBACK}`,
  )
  .option(
    "--plugins <kind>",
    "of the two clouds: simulated, attached, or real, installed",
    "simulated",
  )
  .option(
    "--seed <number>",
    "of the drills cut and faults: decides when the engine is killed, which steps",
    numberIn("--seed"),
    1,
  )
  .option("--kills <number>", "of the drill cut: how often it is killed", numberIn("--kills"), 3)
  .option(
    "--share <number>",
    "of the drill faults: one cell of so many, 1 for all",
    numberIn("--share"),
    8,
  )
  .option("--cell <number>", "of the drill faults: the cell to begin with", numberIn("--cell"), 7)
  .option("--steps <number>", "of the drill faults: random steps", numberIn("--steps"), 0)
  .action(
    async (name: string, { keep, plugins, seed, kills, share, cell, steps, ...words }: Words) => {
      const images = imageSourceOf(words);
      const options = {
        keep,
        images,
        plugins: pluginKindOf(plugins),
        seed,
        kills,
        share,
        cell,
        steps,
      };
      const entry = DRILLS[name];
      if (entry === undefined) throw new Error(noSuchDrill(name));
      if (options.images.kind === "real" && !ENCLOSED.has(name))
        throw new Error(
          `The drill ${name} runs no images, so --images real has no meaning there. Run \`npm run rehearse -- node --images real\`.`,
        );
      if (options.plugins === "real" && entry.realPlugins !== true)
        throw new Error(noRealPlugins(name));
      const inside = enclosedFile() !== undefined;
      if (!inside) await mustBeAble(name, entry.ground, options.plugins);
      const passed =
        ENCLOSED.has(name) && !inside ? await enclose(options) : await rehearse(entry, options);
      // At once: a connection that is still open would keep the process alive.
      process.exit(passed ? 0 : 1);
    },
  );

await fromCommandLine(command);
process.exit();
