import { parseConfig } from "../../input/parse.ts";
import { cured, Refusal, type Cure, type Fault } from "../../domain/fault.ts";
import { withValue } from "../config/base.ts";

/**
 * One value put wrong: its path, the value (`undefined`: removed), and code and key of the one
 * fault that this is.
 */
export type Row = readonly [path: string, value: unknown, code: string, key: string];

/** Code and key of each fault. */
export type Told = readonly (readonly [code: string, key: string])[];

/**
 * One refusal: what is wrong, and what the program makes of it. Its words are in
 * `test/golden/messages.txt`.
 */
export interface Case {
  /** Its heading in the golden file; unique. */
  readonly name: string;
  readonly told: Told;
  /** What is refused now. */
  readonly faults: () => readonly Fault[];
  /** The words of it. */
  readonly message: () => string;
  /** What is refused once a cure was typed in. */
  readonly after: (cure: Cure) => readonly Fault[];
}

/** Secrets that the tests of unknown keys name. */
const OTHER_KEYS = ["secretKeyBase", "tunnelSecret"];

/** Everything that is wrong with a configuration; nothing if it is accepted. */
export function faultsIn(raw: Readonly<Record<string, unknown>>): readonly Fault[] {
  return refusalIn(raw)?.faults ?? [];
}

function refusalIn(raw: Readonly<Record<string, unknown>>): Refusal | undefined {
  try {
    parseConfig(raw, { otherKeys: OTHER_KEYS });
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What is said without its head, which all have. */
function messageIn(raw: Readonly<Record<string, unknown>>): string {
  const [, ...lines] = refusalIn(raw)?.message.split("\n") ?? [];
  return lines.map((line) => line.replace(/^ {2}/u, "")).join("\n");
}

/** The case of a configuration as a stack file has it. */
export function caseOf(
  name: string,
  raw: Readonly<Record<string, unknown>>,
  told: Case["told"],
): Case {
  let faults: readonly Fault[] | undefined;
  return {
    name,
    told,
    faults: () => (faults ??= faultsIn(raw)),
    message: () => messageIn(raw),
    after: (cure) => faultsIn(cured(raw, cure)),
  };
}

/** The cases of a table over one base. */
export function casesOf(
  base: Readonly<Record<string, unknown>>,
  rows: readonly Row[],
): readonly Case[] {
  return rows.map(([path, value, code, key]) =>
    caseOf(
      value === undefined ? `without ${path}` : `${path}: ${JSON.stringify(value)}`,
      withValue(base, path, value),
      [[code, key]],
    ),
  );
}
