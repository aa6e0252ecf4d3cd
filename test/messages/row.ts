import { parseConfig } from "../../input/parse.ts";
import { cured, Refusal, type Cure, type Fault } from "../../domain/fault.ts";
import { withValue } from "../config/base.ts";

/**
 * One wrong value: its path, the value (`undefined`: removed), and code and key of the one expected
 * fault.
 */
export type Row = readonly [path: string, value: unknown, code: string, key: string];

/** Code and key of each fault. */
export type Told = readonly (readonly [code: string, key: string])[];

/** One refusal: the fault, and the program's message. Its text is in `test/golden/messages.txt`. */
export interface Case {
  /** Its heading in the golden file; unique. */
  readonly name: string;
  readonly told: Told;
  /** Faults that are refused now. */
  readonly faults: () => readonly Fault[];
  /** Text of the message. */
  readonly message: () => string;
  /** Faults that are refused after a remedy was applied. */
  readonly after: (cure: Cure) => readonly Fault[];
}

/** Secrets that the tests of unknown keys use. */
const OTHER_KEYS = ["secretKeyBase", "tunnelSecret"];

/** All faults of a configuration; empty if it is accepted. */
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

/** The message without its heading, which all have. */
function messageIn(raw: Readonly<Record<string, unknown>>): string {
  const [, ...lines] = refusalIn(raw)?.message.split("\n") ?? [];
  return lines.map((line) => line.replace(/^ {2}/u, "")).join("\n");
}

/** The case of a configuration in the form of a stack file. */
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
