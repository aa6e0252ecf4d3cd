import { Command, Option } from "commander";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../input/messages/nearest.ts";
import { fromCommandLine } from "../ops/command-line.ts";
import type { Check } from "./checks/check.ts";
import { DRILLS, namesOf, resultFolderOf, type DrillRow } from "./drills/all.ts";
import { drillOptionsOf, withDrillOptions, type DrillOptions } from "./drills/command-options.ts";
import type { Drill } from "./drills/drill.ts";
import type { DrillContext } from "./drills/setup.ts";
import { mustBeAble } from "./machine/preflight.ts";
import { installedPlugins } from "./engine/cloud-plugins.ts";
import { enclosedFile } from "./node/enclosure.ts";
import { runPhases, type PhaseResult } from "./phases.ts";
import { drillPage } from "./reports/drill-page.ts";
import { notProvenWith, summaryOf, writeResult } from "./result.ts";

const PROJECT = join(fileURLToPath(import.meta.url), "..", "..");
const NAMES = namesOf("all");

/** Runs one drill to its end, writes its result, and returns whether all of it passed. */
async function rehearse(row: DrillRow, options: DrillOptions): Promise<boolean> {
  const context: DrillContext = {
    projectDirectory: PROJECT,
    ...(options.plugins === "real" && { plugins: installedPlugins(process.env) }),
  };
  const drill = (await row.load())(context, options);
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
      tables: findings.tables,
      operations: findings.operations,
      resources: findings.resources,
      timeline: findings.timeline,
      notProven: drill.notProven ?? notProvenWith(context.plugins),
    };
    const folder = join(PROJECT, "rehearsal", "out", resultFolderOf(row), options.half ?? ".");
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

/** Creates namespaces of its own and runs this same command in them. */
async function enclose(options: DrillOptions): Promise<boolean> {
  const { encloseNodeDrill } = await import("./drills/node.ts");
  return await encloseNodeDrill([process.execPath, ...process.argv.slice(1)], options);
}

/** @throws Error if no drill has this name. */
function drillOf(name: string): DrillRow {
  const row = DRILLS.find((each) => each.name === name);
  if (row !== undefined) return row;
  const meant = nearest(name, NAMES);
  throw new Error(
    `There is no drill "${name}". ${meant === undefined ? "" : `Did you mean ${meant}? `}There are: ${NAMES.join(", ")}.`,
  );
}

/**
 * A phase that stopped the drill is a failure of its own, because the checks after it never ran.
 */
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

/**
 * Handles Ctrl-C, or SIGTERM from a supervisor: stops everything before this process ends. Returns
 * the same function for the normal end.
 */
function closeOnSignals(context: DrillContext): () => Promise<void> {
  const close = async (): Promise<void> => await context.close?.();
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)
    // `on`, not `once`: a library that finds no other listener sends itself the signal again, and
    // the process would end before it has cleaned up.
    process.on(signal, () => {
      void close().finally(() => process.exit(status));
    });
  return close;
}

const command = withDrillOptions(
  new Command("rehearse")
    .description("Takes the committed production stack through a whole world on this machine.")
    .argument("[drill]", `what to rehearse: ${NAMES.join(", ")}`, "whole")
    .addOption(
      new Option("--list [which]", "only say the drills' names, in CI's order")
        .choices(["all", "alone", "beside"])
        .preset("all"),
    ),
  DRILLS,
).action(async (name: string, { list }: { readonly list?: Parameters<typeof namesOf>[0] }) => {
  if (list !== undefined) {
    console.log(namesOf(list).join("\n"));
    return;
  }
  const row = drillOf(name);
  const options = drillOptionsOf(command, row, DRILLS);
  const inside = enclosedFile() !== undefined;
  if (!inside) await mustBeAble(name, row.ground, options.plugins);
  const passed = row.enclosed && !inside ? await enclose(options) : await rehearse(row, options);
  // At once, because an open connection would keep the process alive.
  process.exit(passed ? 0 : 1);
});

await fromCommandLine(command);
process.exit();
