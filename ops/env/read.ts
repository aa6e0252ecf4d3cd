import { parse } from "dotenv";

/** One setting of a file. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  /** Where it stands, from 1. */
  readonly line: number;
}

const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)\s*(?:=|:\s)/u;

/**
 * The settings of an `.env` file in the order of their lines, as dotenv reads them, which is what reads them on the old server
 * (`dotenv-rails`). One that stands twice counts once, with its last value, at its last line.
 */
export function readSettings(text: string): readonly Setting[] {
  const values = parse(text);
  const lines = new Map<string, number>();
  text.split(/\r?\n/u).forEach((content, at) => {
    const name = ASSIGNMENT.exec(content)?.[1];
    // Inside of a value of several lines nothing is set: dotenv says which names are.
    if (name !== undefined && Object.hasOwn(values, name)) lines.set(name, at + 1);
  });
  return Object.entries(values)
    .map(([name, value]) => ({ name, value, line: lines.get(name) ?? 0 }))
    .sort((one, other) => one.line - other.line);
}
