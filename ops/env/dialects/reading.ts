/** One assignment of an `.env` file, as a dialect reads it. */
export interface Reading {
  readonly name: string;
  /** Empty if `unread` gives the reason. */
  readonly value: string;
  /** Line of the name, counted from 1. */
  readonly line: number;
  /** Reason why the file does not determine the value. A message puts it after the name. */
  readonly unread?: string;
  /** Names in the value that no earlier line sets. The dialect substitutes nothing for them. */
  readonly unset: readonly string[];
}

/** A whole file, as a dialect reads it. */
export interface ReadFile {
  /** Assignments in the order of the file. A name may occur twice; the last one counts. */
  readonly readings: readonly Reading[];
  /** Lines with text in which the dialect finds no setting, counted from 1. */
  readonly ignored: readonly number[];
}

/** Variables that the lines so far have set, by name. */
export type Known = ReadonlyMap<string, Pick<Reading, "value" | "unread">>;

/** Line of an index in a text, counted from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
