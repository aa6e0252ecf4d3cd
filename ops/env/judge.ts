import { configFaults } from "../../input/parse.ts";
import { SECRETS, type SecretKey } from "../../config/secret-keys/all.ts";
import type { Fault } from "../../domain/fault.ts";
import { isBelow, SECRET_BLOCKS } from "./blocks.ts";
import type { Carried, Row } from "./carry.ts";

/** Values that a stack would have, by top-level key. */
type Keys = Readonly<Record<string, unknown>>;

/** Settings that are imported after validation, and the faults of the rest. */
export interface Judged {
  readonly carried: Carried;
  /** Remaining faults: of the stack file itself, and of keys that are still missing. */
  readonly faults: readonly Fault[];
}

/** Required keys. A wrong one is not skipped, because no server works without it. */
const NEEDED: ReadonlySet<string> = new Set(["domain", "webDomain"]);

/**
 * Skips settings that the schema or a rule refuses, with the message, until every imported setting
 * is valid. One odd line must not keep back the keys with which the data is encrypted.
 * @param merge the stack file's values with these on top.
 */
export function withoutFaulty(
  carried: Carried,
  merge: (config: Carried["config"]) => Keys,
): Judged {
  let kept = carried;
  for (;;) {
    const faults = faultsIn(merge(kept.config));
    const [drop] = faults.flatMap((fault) => {
      const keys = keysAt(fault, kept.config);
      return keys.length === 0 ? [] : [{ keys, fault }];
    });
    if (drop === undefined) return { carried: kept, faults };
    kept = without(kept, drop.keys, drop.fault.message);
  }
}

/** The same for secrets, by key and message. */
export function withoutSecrets(
  carried: Carried,
  faults: readonly { readonly key: string; readonly sentence: string }[],
): Carried {
  return faults.reduce((kept, { key, sentence }) => without(kept, [key], sentence), carried);
}

/** Faults of a configuration, each message once. */
export function faultsIn(config: Keys): readonly Fault[] {
  return configFaults(config, { otherKeys: SECRETS.map(({ key }) => key) });
}

/**
 * Imported keys that a fault concerns. If something is missing in a block, all keys of the block.
 */
function keysAt({ key, code }: Fault, config: Carried["config"]): readonly string[] {
  const carried = Object.keys(config).filter((each) => !NEEDED.has(each));
  const own = carried.filter(
    (each) => each === key || each.startsWith(`${key}.`) || key.startsWith(`${each}.`),
  );
  if (own.length > 0 || code !== "missing" || !key.includes(".")) return own;
  const block = key.slice(0, key.lastIndexOf("."));
  return carried.filter((each) => each.startsWith(`${block}.`));
}

function without(carried: Carried, keys: readonly string[], sentence: string): Carried {
  const gone = new Set([...keys, ...secretsBelow(keys, carried)]);
  const stays = (key: string): boolean => !gone.has(key);
  const pick = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([key]) => stays(key)));
  return {
    ...carried,
    config: pick(carried.config),
    secrets: pick(carried.secrets as Readonly<Record<string, string>>),
    rows: carried.rows.map((row) =>
      row.keys === undefined || row.keys.every(stays) ? row : leftRow(row, sentence),
    ),
  };
}

/** A secret is imported with its block or not at all: `mail` without a server needs no password. */
function secretsBelow(keys: readonly string[], { config, secrets }: Carried): readonly string[] {
  const left = Object.keys(config).filter((key) => !keys.includes(key));
  return Object.keys(secrets).filter((key) => {
    const block = SECRET_BLOCKS[key as SecretKey];
    const isOf = (each: string): boolean => block !== undefined && isBelow(each, block);
    return keys.some(isOf) && !left.some(isOf);
  });
}

function leftRow({ line, name }: Row, sentence: string): Row {
  return { line, name, carried: false, says: `stays behind: ${sentence}` };
}
