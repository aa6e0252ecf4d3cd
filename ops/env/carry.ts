import type { SecretKey } from "../../config/secret-keys.ts";
import { nearest } from "../../config/words/nearest.ts";
import { fateOf, KNOWN_NAMES } from "../../config/variables.ts";
import type { Fate } from "../../config/variables/fate.ts";
import { leftBehind } from "./blocks.ts";
import { besides, impliedBy, valuesOf, type Values } from "./convert.ts";
import type { Setting } from "./read.ts";

/** What an old server's settings are here. */
export interface Carried {
  /** By config key, dots for depth: `web.threads`. */
  readonly config: Values;
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

/** Sorts every setting into what is carried over and what is not. Empty ones say nothing on the old server either, but for the few whose row says so. */
export function carryOver(settings: readonly Setting[]): Carried {
  let config: Values = {};
  const secrets: Partial<Record<SecretKey, string>> = {};
  const rows = settings.map(({ name, value, line }): Row => {
    const fate = fateOf(name);
    const stays = (says: string): Row => ({ line, name, carried: false, says });
    const emptyCounts = fate?.kind === "extra" && fate.emptyCounts === true;
    if (value === "" && !emptyCounts) return stays("is empty");
    if (fate?.kind === "config" || fate?.kind === "secret") {
      const why = leftBehind(fate.key, settings);
      if (why !== undefined) return stays(`stays behind: ${why}`);
    }
    if (fate?.kind === "config") {
      const values = valuesOf(name, fate.key, value);
      if (Object.keys(values).length === 0) return stays("says what is so here without it");
      config = { ...config, ...values };
    }
    if (fate?.kind === "secret") {
      secrets[fate.key] = value;
      config = { ...besides(name), ...config };
    }
    if (fate?.kind === "extra") config = { ...config, [extraKey(name, fate.process)]: value };
    return { line, name, ...told(name, fate) };
  });
  const isSet = (name: string): boolean =>
    settings.some((setting) => setting.name === name && setting.value !== "");
  return { config: withWebDomain({ ...impliedBy(config, isSet), ...config }), secrets, rows };
}

/** Where a variable that has no key of its own is written. */
function extraKey(name: string, process: "rails" | "streaming"): string {
  return `extraEnvironment.${process}.${name}`;
}

function told(name: string, fate: Fate | undefined): Pick<Row, "carried" | "says"> {
  switch (fate?.kind) {
    case "config":
      return { carried: true, says: `mastodon:${fate.key}` };
    case "secret":
      return { carried: true, says: `mastodon:${fate.key}, encrypted` };
    case "extra":
      return { carried: true, says: `mastodon:${extraKey(name, fate.process)}` };
    case "derived":
      return { carried: false, says: `is decided here: ${fate.why}` };
    case "absent":
      return { carried: false, says: fate.why };
    case "removed":
      return { carried: false, says: `Mastodon does not read it: ${fate.why}` };
    default: {
      const meant = nearest(name, KNOWN_NAMES);
      return {
        carried: false,
        says: `Mastodon reads no such variable${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      };
    }
  }
}

/** Left out, the old server answers under its accounts' domain. */
function withWebDomain(config: Values): Values {
  const domain = config["domain"];
  return domain === undefined || config["webDomain"] !== undefined
    ? config
    : { ...config, webDomain: domain };
}
