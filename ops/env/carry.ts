import type { SecretKey } from "../../config/secret-keys.ts";
import { nearest } from "../../config/words/nearest.ts";
import { fateOf, KNOWN_NAMES, type Fate } from "./table.ts";
import type { Setting } from "./read.ts";

/** What an old server's settings are here. */
export interface Carried {
  /** By config key, dots for depth: `web.threads`. */
  readonly config: Readonly<Record<string, string | number>>;
  readonly secrets: Readonly<Partial<Record<SecretKey, string>>>;
  /** One row a setting, in the order of the file. */
  readonly rows: readonly Row[];
}

/** What became of one setting. No value in it: the next reader of the report may be anybody. */
export interface Row {
  readonly line: number;
  readonly name: string;
  readonly carried: boolean;
  /** Where to, or why not. */
  readonly says: string;
}

/** Sorts every setting into what is carried over and what is not. Empty ones say nothing on the old server either. */
export function carryOver(settings: readonly Setting[]): Carried {
  const config: Record<string, string | number> = {};
  const secrets: Partial<Record<SecretKey, string>> = {};
  const rows = settings.map(({ name, value, line }): Row => {
    const fate = fateOf(name);
    if (value === "") return { line, name, carried: false, says: "is empty" };
    if (fate?.kind === "config")
      config[fate.key] = fate.number === true && /^\d+$/u.test(value) ? Number(value) : value;
    if (fate?.kind === "secret") secrets[fate.key] = value;
    return { line, name, ...told(name, fate) };
  });
  return { config: withWebDomain(config), secrets, rows };
}

function told(name: string, fate: Fate | undefined): Pick<Row, "carried" | "says"> {
  switch (fate?.kind) {
    case "config":
      return { carried: true, says: `mastodon:${fate.key}` };
    case "secret":
      return { carried: true, says: `mastodon:${fate.key}, encrypted` };
    case "derived":
      return { carried: false, says: `is decided here: ${fate.why}` };
    case "absent":
      return { carried: false, says: fate.why };
    case "removed":
      return { carried: false, says: `Mastodon 4.6 does not read it: ${fate.why}` };
    default: {
      const meant = nearest(name, KNOWN_NAMES);
      return {
        carried: false,
        says: `Mastodon 4.6 reads no such variable${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      };
    }
  }
}

/** Left out, the old server answers under its accounts' domain. */
function withWebDomain(
  config: Readonly<Record<string, string | number>>,
): Readonly<Record<string, string | number>> {
  const domain = config["domain"];
  return domain === undefined || config["webDomain"] !== undefined
    ? config
    : { ...config, webDomain: domain };
}
