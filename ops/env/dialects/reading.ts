/** One assignment of an `.env` file, as one of its readers has it. */
export interface Reading {
  readonly name: string;
  /** Empty where `unread` says why there is none. */
  readonly value: string;
  /** Line of the name, from 1. */
  readonly line: number;
  /** Why the value can't be known from the file, to be read after the name. */
  readonly unread?: string;
  /** Names in the value that no earlier line sets: the reader takes nothing in their place. */
  readonly unset: readonly string[];
}

/** A whole file, as one of its readers has it. */
export interface ReadFile {
  /** In the order of the file; a name may occur twice, and the last one counts. */
  readonly readings: readonly Reading[];
  /** Lines with text in which the reader finds no setting, from 1. */
  readonly ignored: readonly number[];
}

/** Variables that the lines so far have set, by name. */
export type Known = ReadonlyMap<string, Pick<Reading, "value" | "unread">>;

/** The line of a place in a text, from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
