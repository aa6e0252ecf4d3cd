import { readCompose } from "./dialects/compose.ts";
import { readRails } from "./dialects/rails.ts";
import type { ReadFile, Reading } from "./dialects/reading.ts";

/** One setting of a file. */
export interface Setting {
  readonly name: string;
  /** Empty where `unread` says why there is none. */
  readonly value: string;
  /** Line of the setting in the file, from 1. */
  readonly line: number;
  /** Why its value can't be known from the file, to be read after the name. */
  readonly unread?: string;
}

/** Programs that may read the file on the old server. */
export const DIALECTS = ["rails", "compose"] as const;

/** `rails`: Mastodon itself. `compose`: Docker Compose, by `env_file`. */
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
  /** Sentences on what a person should look at. None holds a value. */
  readonly notes: readonly string[];
}

/**
 * The settings of an `.env` file in the order of their lines. One that is there twice counts once,
 * with its last value, at its last line.
 * @throws Error where Compose would refuse the file.
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

/** The settings alone. */
export function readSettings(text: string, dialect: Dialect = "rails"): readonly Setting[] {
  return readFile(text, dialect).settings;
}

function lastOf(readings: readonly Reading[]): ReadonlyMap<string, Reading> {
  return new Map(readings.map((reading) => [reading.name, reading]));
}

/** Does not repeat the names: what was meant to be a part of a password looks like one. */
function unsetNote(name: string, line: number, unset: readonly string[]): readonly string[] {
  return unset.length === 0
    ? []
    : [
        `line ${line}, ${name}: a $name in it is set by no earlier line, and counts as empty, as on the old server. If that server has it from elsewhere (systemd, compose), write its value into the file; a $ that belongs to the value is written \\$.`,
      ];
}

/**
 * Lines that mean something else to the other reader: whoever took the wrong one has a wrong
 * secret.
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
    return []; // The other one refuses the file: it is not what reads it.
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
