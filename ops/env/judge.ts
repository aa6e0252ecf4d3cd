import { configFaults } from "../../input/parse.ts";
import { SECRETS, type SecretKey } from "../../config/secret-keys/all.ts";
import type { Fault } from "../../domain/fault.ts";
import { isBelow, SECRET_BLOCKS } from "./blocks.ts";
import type { Carried, Row } from "./carry.ts";

/** Values that a stack would have, by top-level key. */
type Keys = Readonly<Record<string, unknown>>;

/** Settings that are carried over after every value was checked, and the faults of the rest. */
export interface Judged {
  readonly carried: Carried;
  /**
   * Faults of what was not carried: of the stack file itself, and of what is still missing in it.
   */
  readonly faults: readonly Fault[];
}

/** Without these there is no server; one that is wrong is no reason to go on without it. */
const NEEDED: ReadonlySet<string> = new Set(["domain", "webDomain"]);

/**
 * Leaves behind what the schema or a rule refuses, with its sentence, until nothing that is carried
 * is refused. One odd line must not keep back the keys that the data is written with.
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

/** The same with secrets, by key and sentence. */
export function withoutSecrets(
  carried: Carried,
  faults: readonly { readonly key: string; readonly sentence: string }[],
): Carried {
  return faults.reduce((kept, { key, sentence }) => without(kept, [key], sentence), carried);
}

/** Faults of a configuration, each sentence once. */
export function faultsIn(config: Keys): readonly Fault[] {
  return configFaults(config, { otherKeys: SECRETS.map(({ key }) => key) });
}

/**
 * The carried keys that a fault is about; of a block in which something is missing, all of them.
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

/** A secret comes along with its block or not at all: `mail` without a server needs no password. */
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
