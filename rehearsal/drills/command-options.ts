import { InvalidArgumentError, Option, type Command } from "commander";
import { pluginKindOf, type PluginKind } from "../engine/cloud-plugins.ts";
import { imageSourceOf, LOOPBACK } from "../images/source.ts";
import type { BackupOptions } from "./backup/drill.ts";
import type { CutOptions } from "./cut.ts";
import type { FaultsOptions } from "./faults.ts";
import type { NightsOptions } from "./nights/chosen.ts";
import { halfNamed } from "./nights/halves.ts";
import type { NodeOptions } from "./node.ts";
import type { ReviewOptions } from "./review/drill.ts";

/** Options of the command line for all drills; most use none of them. */
export interface DrillOptions
  extends NodeOptions, CutOptions, FaultsOptions, NightsOptions, BackupOptions, ReviewOptions {
  readonly keep: boolean;
  readonly plugins: PluginKind;
}

/** Options of some drills only. `says` follows their names, as in `of cut: how often …`. */
const OPTIONS = {
  images: { flags: "--images <kind>", says: "local, made here, or real, pulled", value: "local" },
  registry: {
    flags: "--registry <host:port>",
    says: `with --images real: a registry that has each image under its full name, or ${LOOPBACK}`,
    value: undefined,
  },
  plugins: {
    flags: "--plugins <kind>",
    says: "the two clouds simulated, attached, or real, installed",
    value: "simulated",
  },
  seed: {
    flags: "--seed <number>",
    says: "decides when the engine is killed, and which steps are taken",
    value: 1,
  },
  kills: { flags: "--kills <number>", says: "how often the engine is killed", value: 3 },
  share: { flags: "--share <number>", says: "one cell of so many, 1 for all", value: 8 },
  cell: { flags: "--cell <number>", says: "the cell to begin with", value: 7 },
  steps: { flags: "--steps <number>", says: "random steps", value: 60 },
  acts: {
    flags: "--acts <walk>",
    says: "only this walk, as its failure prints it",
    value: undefined,
  },
  size: { flags: "--size <number>", says: "megabytes of rows in the tables", value: 20 },
  night: {
    flags: "--night <numbers>",
    says: "only these, as 4 or 1,13",
    value: undefined,
  },
  half: {
    flags: "--half <first or second>",
    says: "only this half; left out, the second one has a world of its own at the same time",
    value: undefined,
  },
  change: {
    flags: "--change <names>",
    says: "only these, as scale-web,edge-rule",
    value: undefined,
  },
} as const;

/** `kills` for `--kills`. */
export type DrillOptionName = keyof typeof OPTIONS;

/** A drill with its options. */
interface OptionTaker {
  readonly name: string;
  readonly options?: readonly DrillOptionName[];
}

/** Options as typed, or the values that they stand for. */
type Typed = {
  readonly [Name in DrillOptionName]: (typeof OPTIONS)[Name]["value"] extends number
    ? number
    : string;
} & { readonly keep: boolean };

/** Adds the options of all these drills to a command, each with the names of its drills. */
export function withDrillOptions(command: Command, drills: readonly OptionTaker[]): Command {
  command.option("--keep", "leave the world up, until Ctrl-C, and say how to reach it", false);
  for (const [name, { flags, says, value }] of Object.entries(OPTIONS)) {
    const option = new Option(flags, `of ${takersOf(name, drills).join(" and ")}: ${says}`);
    if (value !== undefined) option.default(value);
    command.addOption(typeof value === "number" ? option.argParser(wholeNumber) : option);
  }
  return command;
}

/**
 * Options of a run.
 * @throws Error for an option that this drill does not have, or an invalid value.
 */
export function drillOptionsOf(
  command: Command,
  drill: OptionTaker,
  drills: readonly OptionTaker[],
): DrillOptions {
  for (const name of Object.keys(OPTIONS))
    if (command.getOptionValueSource(name) === "cli" && !takes(drill, name))
      throw new Error(
        `The drill ${drill.name} takes no --${name}. Leave it out, or rehearse one of these: ${takersOf(name, drills).join(", ")}.`,
      );
  const { images, registry, plugins, half, ...typed } = command.opts<Typed>();
  return {
    ...typed,
    images: imageSourceOf({ images, registry }),
    plugins: pluginKindOf(plugins),
    half: halfNamed(half),
  };
}

function takersOf(option: string, drills: readonly OptionTaker[]): readonly string[] {
  return drills.filter((drill) => takes(drill, option)).map(({ name }) => name);
}

function takes({ options = [] }: OptionTaker, option: string): boolean {
  return options.some((own) => own === option);
}

function wholeNumber(word: string): number {
  if (/^\d{1,9}$/u.test(word)) return Number(word);
  throw new InvalidArgumentError("It is no whole number. Write 3, for example.");
}
