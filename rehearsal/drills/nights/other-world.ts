import { readFile, rm } from "node:fs/promises";
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { formatDuration } from "../../../pages/duration.ts";
import { checkOf, type Check } from "../../checks/check.ts";
import type { Phase } from "../../phases.ts";
import type { Progress } from "../../progress.ts";
import type { RehearsalResult, ResultTable } from "../../result.ts";
import type { CutOptions } from "../cut.ts";
import type { Findings } from "../drill.ts";
import type { DrillContext } from "../setup.ts";
import type { Half } from "./halves.ts";

/** Nights in the table of docs/bad-night.md. */
const COUNT = 16;

/** The phases that begin the other half, and that take its findings in as this drill's own. */
export function besidePhases(
  context: DrillContext,
  findings: Findings,
  half: Half,
  options: CutOptions,
): readonly [begin: readonly Phase[], end: readonly Phase[]] {
  let other: OtherWorld | undefined;
  const folder = join(context.projectDirectory, "rehearsal", "out", "nights");
  const begin: Phase = {
    title: `a world for the ${half} half of the nights`,
    run: async () => {
      const started = await OtherWorld.start(half, options, folder);
      other = started;
      const { close } = context;
      context.close = async () => {
        await started.stop();
        await close?.();
      };
      return "a process of its own";
    },
  };
  const end: Phase = {
    title: `the ${half} half of the nights`,
    run: async (progress) => {
      if (other === undefined) throw new Error("The other half was never begun.");
      const { checks, operations, tables = [], seconds } = await other.result(progress);
      findings.checks.push(...checks.map((check) => inHalf(check, half)));
      findings.operations.push(...operations);
      findings.tables.splice(0, Infinity, ...joined(findings.tables, tables));
      findings.checks.push(everyNight(findings.tables));
      return `${checks.length} checks in ${formatDuration(Math.round(seconds))}`;
    },
  };
  return [[begin], [end]];
}

/** Checks that every world has carry the half's name, because two of a name hide each other. */
function inHalf(check: Check, half: Half): Check {
  return { ...check, name: `${half} half: ${check.name}` };
}

/** The tables of both halves as one, by the nights' numbers. */
function joined(
  [mine]: readonly ResultTable[],
  [theirs]: readonly ResultTable[],
): readonly ResultTable[] {
  const table = mine ?? theirs;
  const rows = [...(mine?.rows ?? []), ...(theirs?.rows ?? [])];
  return table === undefined
    ? []
    : [{ ...table, rows: rows.toSorted((one, other) => numberOf(one) - numberOf(other)) }];
}

/** `12` of the row of "12 the state's file is cut in half". */
function numberOf([night = ""]: readonly (string | number)[]): number {
  return Number.parseInt(String(night), 10);
}

/** A night of docs/bad-night.md that no half has is a night that nobody rehearses. */
function everyNight([table]: readonly ResultTable[]): Check {
  const seen = new Set((table?.rows ?? []).map(numberOf));
  const missing = Array.from({ length: COUNT }, (_, at) => at + 1).filter((at) => !seen.has(at));
  return checkOf(
    `each of the ${COUNT} nights came to its end`,
    missing.map((number) => `night ${number} is in no half`),
    `${table?.rows.length ?? 0} rows`,
  );
}

/** Time in which the other world takes itself down, milliseconds. */
const GRACE_MS = 30_000;

/**
 * A half of the nights in a process and a world of its own. One world leaves a third of two cores
 * idle, so that two at the same time are over long before two in a row.
 */
export class OtherWorld {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #folder: string;
  #said: readonly string[] = [];

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    // The phase that waits for the end gets the failure.
    this.#ended.catch(() => undefined);
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null)
        createInterface(stream).on("line", (line) => {
          this.#said = [...this.#said, line].slice(-5);
        });
  }

  /** @param folder of the results of all nights. */
  static async start(half: Half, { kills, seed }: CutOptions, folder: string): Promise<OtherWorld> {
    // A result of an earlier run is none of this one.
    await rm(join(folder, half), { recursive: true, force: true });
    const [program = ""] = process.argv.slice(1);
    const child = spawn(
      "setpriv",
      [
        // The kernel ends it with this process, also after `kill -9`.
        ...["--pdeathsig=TERM", "--", process.execPath, ...process.execArgv, program],
        ...["nights", "--half", half, "--kills", String(kills), "--seed", String(seed)],
      ],
      // A Ctrl-C in the terminal reaches only this process, which stops the other one.
      { stdio: ["ignore", "pipe", "pipe"], detached: true },
    );
    return new OtherWorld(child, join(folder, half));
  }

  /**
   * Its result.
   * @throws Error with its last lines, if it wrote none.
   */
  async result(progress: Progress): Promise<RehearsalResult> {
    const telling = setInterval(() => progress(this.#said.at(-1) ?? "it begins"), 1_000);
    const status = await this.#ended.finally(() => clearInterval(telling));
    try {
      return JSON.parse(
        await readFile(join(this.#folder, "result.json"), "utf8"),
      ) as RehearsalResult;
    } catch {
      throw new Error(
        `The other half of the nights ended with status ${status ?? "of a signal"} and wrote no result: ${this.#said.join("\n")}`,
      );
    }
  }

  /** Ends it, if it still runs, and waits until its world is down. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const hard = setTimeout(() => this.#child.kill("SIGKILL"), GRACE_MS);
    await this.#ended.catch(() => undefined);
    clearTimeout(hard);
  }
}
