import { readCompose } from "./dialects/compose.ts";
import { readRails } from "./dialects/rails.ts";
import type { ReadFile, Reading } from "./dialects/reading.ts";

/** One setting of a file. */
export interface Setting {
  readonly name: string;
  /** Empty if `unread` gives the reason. */
  readonly value: string;
  /** Line of the setting in the file, counted from 1. */
  readonly line: number;
  /** Reason why the file does not determine the value. A message puts it after the name. */
  readonly unread?: string;
}

/** Programs that may read the file on the old server. */
export const DIALECTS = ["rails", "compose"] as const;

/** `rails`: Mastodon itself. `compose`: Docker Compose, through `env_file`. */
export type Dialect = (typeof DIALECTS)[number];

const READERS: Readonly<Record<Dialect, (text: string) => ReadFile>> = {
  rails: readRails,
  compose: readCompose,
};

const NAMES: Readonly<Record<Dialect, string>> = {
  rails: "Mastodon itself (dotenv-rails)",
  compose: "Docker Compose (env_file)",
};

/** A file as the old server reads it. */
export interface Settings {
  readonly settings: readonly Setting[];
  /** Messages with points that the operator should check. None contains a value. */
  readonly notes: readonly string[];
}

/**
 * Returns the settings of an `.env` file in the order of their lines. A name that occurs twice
 * counts once, with its last value, at its last line.
 * @throws Error if Compose would refuse the file.
 */
export function readFile(text: string, dialect: Dialect = "rails"): Settings {
  const { readings, ignored } = READERS[dialect](text);
  const last = lastOf(readings);
  const settings = [...last.values()]
    .map(({ name, value, line, unread }) => ({
      name,
      value,
      line,
      ...(unread === undefined ? {} : { unread }),
    }))
    .sort((one, other) => one.line - other.line);
  return {
    settings,
    notes: [
      ...settings.flatMap(({ name, line }) => unsetNote(name, line, last.get(name)?.unset ?? [])),
      ...differences(text, dialect, last),
      ...ignored.map((line) => `line ${line} is no setting, and nothing of it was read.`),
    ],
  };
}

/** Returns only the settings. */
export function readSettings(text: string, dialect: Dialect = "rails"): readonly Setting[] {
  return readFile(text, dialect).settings;
}

function lastOf(readings: readonly Reading[]): ReadonlyMap<string, Reading> {
  return new Map(readings.map((reading) => [reading.name, reading]));
}

/** Leaves out the names: a part of a password can look like one. */
function unsetNote(name: string, line: number, unset: readonly string[]): readonly string[] {
  return unset.length === 0
    ? []
    : [
        `line ${line}, ${name}: a $name in it is set by no earlier line, and counts as empty, as on the old server. If that server has it from elsewhere (systemd, compose), write its value into the file; a $ that belongs to the value is written \\$.`,
      ];
}

/**
 * Lines that the other dialect reads differently. With the wrong dialect the operator would import
 * a wrong secret.
 */
function differences(
  text: string,
  dialect: Dialect,
  mine: ReadonlyMap<string, Reading>,
): readonly string[] {
  const other = DIALECTS.find((each) => each !== dialect) ?? dialect;
  let theirs: ReadonlyMap<string, Reading>;
  try {
    theirs = lastOf(READERS[other](text).readings);
  } catch {
    return []; // The other dialect refuses the file, so the old server does not use it.
  }
  return [...mine.values()]
    .filter(({ name, value, unread }) => {
      const it = theirs.get(name);
      return (
        it === undefined ||
        it.value !== value ||
        (it.unread === undefined) !== (unread === undefined)
      );
    })
    .map(
      ({ name, line }) =>
        `line ${line}, ${name}: ${NAMES[other]} reads another value here than ${NAMES[dialect]}, whose value was taken. If the old server has the file from the other one, use --dialect ${other}.`,
    );
}
