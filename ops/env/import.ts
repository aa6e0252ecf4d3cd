import { rename, writeFile } from "node:fs/promises";
import { parseConfig } from "../../config/parse.ts";
import { secretFaults } from "../../config/secret-faults.ts";
import { isSecretKey, SECRETS, type SecretKey } from "../../config/secret-keys.ts";
import { valuesOf } from "../../config/stack-text.ts";
import { stackTextOf } from "../stack-file/texts.ts";
import { changedStackFile } from "../secrets/stack-file.ts";
import type { SecretStore } from "../secrets/store.ts";
import { carryOver, type Row } from "./carry.ts";
import type { Values } from "./convert.ts";
import { readSettings } from "./read.ts";

const NAMESPACE = "mastodon:";

/** What is imported, and how. */
export interface ImportOptions {
  /** The content of `.env.production`. */
  readonly text: string;
  /** What the file can't say, by config key with dots: `cloudflare.zoneId`. */
  readonly given: Readonly<Record<string, string>>;
  /** Whether plain values that are there already may be changed. Secrets never are. */
  readonly replace: boolean;
  /** Looks, and writes nothing. */
  readonly dryRun: boolean;
}

/** What was, or would be, done. */
export interface Imported {
  readonly rows: readonly Row[];
  /** Config keys that were written, with dots, and their values. */
  readonly config: Values;
  /** Secrets that were written; those that were there already are not among them. */
  readonly secrets: readonly SecretKey[];
}

type Keys = Record<string, unknown>;

/**
 * Turns an existing server's settings into those of a stack: plain ones into its stack file, secrets encrypted beside them. A second
 * run changes nothing.
 * @throws Error naming everything that is in the way, all at once; nothing is written then.
 */
export async function importEnv(store: SecretStore, options: ImportOptions): Promise<Imported> {
  const before = await store.text();
  const held = await store.held();
  const carried = carryOver(readSettings(options.text));
  const wanted = { ...carried.config, ...options.given };
  const existing = plainConfig(before);
  const merged = merge(existing, wanted);
  const secrets = Object.fromEntries(
    Object.entries(carried.secrets).filter(([key]) => held.values[key as SecretKey] === undefined),
  );
  const faults = [
    ...(options.replace ? [] : differences(existing, wanted)),
    ...Object.entries(carried.secrets)
      .filter(([key, value]) => ![undefined, value].includes(held.values[key as SecretKey]))
      .map(
        ([key]) =>
          `mastodon:${key} is set already, to another value, and secrets are never overwritten. If that stack holds no data yet, take its line out of the stack file and run this again.`,
      ),
    ...secretFaults({ ...held, values: { ...held.values, ...carried.secrets } })
      .filter(({ kind }) => kind !== "missing")
      .map(({ sentence }) => sentence),
    ...configFaults(merged),
  ];
  if (faults.length > 0)
    throw new Error(`Nothing was written:\n${faults.map((each) => `  ${each}`).join("\n")}`);
  const changed = Object.fromEntries(
    Object.entries(wanted).filter(([path, value]) => !isSame(valueAt(existing, path), value)),
  );
  if (!options.dryRun) {
    const after = changedStackFile(before, {
      config: Object.fromEntries(
        [...new Set(Object.keys(changed).map((path) => path.split(".")[0] ?? path))].map((key) => [
          `${NAMESPACE}${key}`,
          merged[key],
        ]),
      ),
      top: {},
    });
    if (after !== before) {
      await writeFile(`${store.file}.new`, after);
      await rename(`${store.file}.new`, store.file); // At once: half a stack file is none.
    }
    if (Object.keys(secrets).length > 0) await store.write(secrets, held);
  }
  return { rows: carried.rows, config: changed, secrets: Object.keys(secrets).filter(isSecretKey) };
}

/** The plain keys of ours in a stack file. */
function plainConfig(text: string): Keys {
  return valuesOf(stackTextOf(text, "The stack file").texts);
}

function merge(existing: Keys, wanted: Readonly<Record<string, unknown>>): Keys {
  const merged = structuredClone(existing);
  for (const [path, value] of Object.entries(wanted)) {
    const keys = path.split(".");
    const last = keys.pop() ?? path;
    let at = merged;
    for (const key of keys) at = (at[key] ??= {}) as Keys;
    at[last] = value;
  }
  return merged;
}

function valueAt(config: Keys, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Keys | undefined)?.[key], config);
}

function differences(existing: Keys, wanted: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(wanted).flatMap(([path, value]) => {
    const there = valueAt(existing, path);
    return there === undefined || isSame(there, value)
      ? []
      : [
          `mastodon:${path} is ${JSON.stringify(there)} in the stack file and would become ${JSON.stringify(value)}. If that is meant, add --replace.`,
        ];
  });
}

/** Also of lists. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What the program itself would say of it. */
function configFaults(merged: Keys): readonly string[] {
  try {
    parseConfig(merged, { otherKeys: SECRETS.map(({ key }) => key) });
    return [];
  } catch (error) {
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((each) => each.replace(/^ {2}/u, ""));
  }
}
