import type { SecretKey } from "../../config/secret-keys/all.ts";
import { nearest } from "../../input/messages/nearest.ts";
import { fateOf, KNOWN_NAMES } from "../../domain/variables/all.ts";
import type { Fate } from "../../domain/variables/fate.ts";
import { leftBehind } from "./blocks.ts";
import { besides, impliedBy, valuesOf, type Values } from "./convert.ts";
import { namesOf } from "./hosts.ts";
import { fromLocalDisk } from "./local-disk.ts";
import type { Setting } from "./read.ts";

/** An old server's settings as configuration of this program. */
export interface Carried {
  /** Values by config key, with dots for depth: `mail.port`. */
  readonly config: Values;
  readonly secrets: Readonly<Partial<Record<SecretKey, string>>>;
  /** One row for each setting, in the order of the file. */
  readonly rows: readonly Row[];
  /** Notes for the operator about the old server. Each names something to do. */
  readonly notes: readonly string[];
}

/** Result for one setting. It holds no value, because anyone may read the report. */
export interface Row {
  readonly line: number;
  readonly name: string;
  readonly carried: boolean;
  /** The destination, or the reason why not. */
  readonly says: string;
  /** The config keys or the secret to which it was imported. */
  readonly keys?: readonly string[];
}

/** Sizes of the old machine, which do not apply to pods. The profile sets them. */
const SIZES: ReadonlySet<string> = new Set(["WEB_CONCURRENCY", "MAX_THREADS"]);

/**
 * Sorts every setting into imported and skipped ones. Empty settings have no effect on the old
 * server, except those whose row specifies one.
 */
export function carryOver(settings: readonly Setting[]): Carried {
  let config: Values = {};
  const secrets: Partial<Record<SecretKey, string>> = {};
  const { streaming, assets, ...names } = namesOf(settings);
  const hosts = { STREAMING_API_BASE_URL: streaming, CDN_HOST: assets };
  const rows = settings.map(({ name, value, line, unread }): Row => {
    const fate = fateOf(name);
    const stays = (says: string): Row => ({ line, name, carried: false, says });
    const comes = (says: string, keys: readonly string[]): Row => ({
      ...{ line, name, carried: true, says, keys },
    });
    if (unread !== undefined) return stays(`stays behind: ${unread}`);
    const emptyCounts = fate?.kind === "extra" && fate.emptyCounts === true;
    if (value === "" && !emptyCounts) return stays("is empty");
    if (SIZES.has(name))
      return stays("stays behind: a size of the old machine; mastodon:profile decides it here");
    const host = hosts[name as keyof typeof hosts];
    if (host !== undefined) {
      if ("says" in host) return stays(host.says);
      config = { ...config, [host.key]: host.value };
      return comes(`mastodon:${host.key}`, [host.key]);
    }
    if (fate?.kind === "config" || fate?.kind === "secret") {
      const why = leftBehind(fate.key, settings);
      if (why !== undefined) return stays(`stays behind: ${why}`);
    }
    if (fate?.kind === "config") {
      const values = valuesOf(name, fate.key, value);
      if (Object.keys(values).length === 0) return stays("says what is so here without it");
      config = { ...config, ...values };
      return comes(`mastodon:${fate.key}`, Object.keys(values));
    }
    if (fate?.kind === "secret") {
      secrets[fate.key] = value;
      config = { ...besides(name), ...config };
      return comes(`mastodon:${fate.key}, encrypted`, [fate.key]);
    }
    if (fate?.kind === "extra") {
      const key = extraKey(name, fate.process);
      config = { ...config, [key]: value };
      return comes(`mastodon:${key}`, [key]);
    }
    return stays(whyNot(name, fate));
  });
  const isSet = (name: string): boolean =>
    settings.some((setting) => setting.name === name && setting.value !== "");
  const disk = fromLocalDisk(settings);
  return {
    config: { ...impliedBy(config, isSet), ...disk.config, ...config, ...names },
    secrets,
    rows,
    notes: disk.notes,
  };
}

/** Destination of a variable that has no key of its own. */
function extraKey(name: string, process: "rails" | "streaming"): string {
  return `extraEnvironment.${process}.${name}`;
}

function whyNot(
  name: string,
  fate: Exclude<Fate, { readonly kind: "config" | "secret" | "extra" }> | undefined,
): string {
  switch (fate?.kind) {
    case "derived":
      return `is decided here: ${fate.why}`;
    case "absent":
      return fate.why;
    case "removed":
      return `Mastodon does not read it: ${fate.why}`;
    default: {
      const meant = nearest(name, KNOWN_NAMES);
      return `Mastodon reads no such variable${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    }
  }
}
