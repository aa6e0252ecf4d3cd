import { CORE_FAMILIES, CORE_NAMES } from "./core.ts";
import { OPTION_FAMILIES, OPTION_NAMES } from "./options.ts";
import { isMastodons } from "../../config/secret-keys/row.ts";
import { SECRETS } from "../../config/secret-keys/all.ts";
import { RUNTIME_FAMILIES, RUNTIME_NAMES } from "./runtimes.ts";
import { secret, type Fate, type Reader } from "./fate.ts";
import type { StackConfig } from "../../config/schema.ts";

/** Mastodon's variables of secrets; `config/secret-keys/` describes each. */
export const SECRET_NAMES: Readonly<Record<string, Fate>> = Object.fromEntries(
  SECRETS.filter(isMastodons).flatMap(({ env, key }) =>
    env === undefined ? [] : [[env, secret(key)]],
  ),
);

/**
 * Handling of every variable that a known Mastodon or one of its runtimes reads, and of those that
 * Mastodon no longer reads. The import of an existing server uses this table, and so does the
 * refusal of extra variables that this program sets itself. The variables themselves are in
 * `facts/`. A test checks that each name there has one row here, and each row a reader there.
 */
const NAMES: Readonly<Record<string, Fate>> = {
  ...CORE_NAMES,
  ...OPTION_NAMES,
  ...RUNTIME_NAMES,
  ...SECRET_NAMES,
};

/** Families, by prefix; a complete name has precedence. */
const FAMILIES: readonly (readonly [prefix: string, fate: Fate])[] = [
  ...OPTION_FAMILIES,
  ...CORE_FAMILIES,
  ...RUNTIME_FAMILIES,
];

/** Every known complete name, to suggest the nearest one for a typo. */
export const KNOWN_NAMES: readonly string[] = Object.keys(NAMES);

/** Variables that a configuration sets only for these readers, from their rows. */
export function writtenFor(reader: Reader, config: StackConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, fate]) => {
      const written = "written" in fate ? fate.written : undefined;
      const value = written?.readers.includes(reader) ? written.value(config) : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Handling of a variable; undefined for one that Mastodon never read. */
export function fateOf(name: string): Fate | undefined {
  if (Object.hasOwn(NAMES, name)) return NAMES[name];
  return FAMILIES.find(([prefix]) => name.startsWith(prefix))?.[1];
}

/**
 * Reason why a variable can't be set by hand, to be read after its key. Undefined if it can:
 * Mastodon or a fork reads it, and this program does not set it.
 */
export function ownerWords(name: string, process: "rails" | "streaming"): string | undefined {
  const fate = fateOf(name);
  switch (fate?.kind) {
    case undefined:
      return undefined;
    case "extra":
      return fate.process === process
        ? undefined
        : `only ${fate.process === "rails" ? "web, Sidekiq and Jobs read" : "streaming reads"} it. Write it below mastodon:extraEnvironment.${fate.process}`;
    case "config":
      return `has a key of its own, and would be set twice. Set mastodon:${fate.key} instead`;
    case "secret":
      return `is a secret, and would be stored unencrypted in the stack file. Set it from standard input: pulumi config set --secret mastodon:${fate.key}`;
    case "derived":
      return `is set by this program: ${fate.why}`;
    case "absent":
      return fate.why;
    case "removed":
      return `Mastodon does not read it: ${fate.why}`;
  }
}
