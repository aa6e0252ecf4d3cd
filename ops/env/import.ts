import { rename, writeFile } from "node:fs/promises";
import { secretFaults, type SecretFault } from "../../input/secret-faults.ts";
import { isSecretKey, secretRow, type SecretKey } from "../../config/secret-keys/all.ts";
import { isPlaceholder, isTemplate } from "../../domain/shipped.ts";
import { valuesOf } from "../../input/stack-text.ts";
import { cured, valueAt } from "../../domain/fault.ts";
import { stackTextOf } from "../stack-file/texts.ts";
import { lackingOldKeys } from "../secrets/init.ts";
import { changedStackFile } from "../secrets/stack-file.ts";
import type { SecretStore } from "../secrets/store.ts";
import { carryOver, type Carried, type Row } from "./carry.ts";
import type { Values } from "./convert.ts";
import { faultsIn, withoutFaulty, withoutSecrets } from "./judge.ts";
import { readFile, type Dialect } from "./read.ts";

const NAMESPACE = "mastodon:";

/**
 * Marks the data as an older server's. `secrets init` then creates no key that the old server
 * already had.
 */
const MOVED_IN = "postgres.origin.movedIn";

/**
 * Settings that the file does not contain: each flag with its config key, in the order of the
 * questions.
 */
export const FLAGS = {
  profile: "profile",
  region: "region",
  kubernetes: "cluster.version",
  account: "cloudflare.accountId",
  zone: "cloudflare.zoneId",
} as const;

/** Input of an import. */
export interface ImportOptions {
  /** The content of `.env.production`. */
  readonly text: string;
  /** Program that reads the file on the old server. Default: `rails`. */
  readonly dialect?: Dialect;
  /** Values that the file can't contain, by config key with dots: `cloudflare.zoneId`. */
  readonly given: Readonly<Record<string, string>>;
  /**
   * Whether the old server is older than Mastodon 4.3, and so has no keys of Active Record.
   * Default: no.
   */
  readonly keysAreNew?: boolean;
  /** Whether existing plain values may be changed. Secrets never are. */
  readonly replace: boolean;
  /** Plans the import and writes nothing. */
  readonly dryRun: boolean;
}

/** Result of an import, done or only planned. */
export interface Imported {
  readonly rows: readonly Row[];
  /** Config keys that were written, with dots, and their values. */
  readonly config: Values;
  /** Secrets that were written. Existing ones are not among them. */
  readonly secrets: readonly SecretKey[];
  /** Flags that neither the command nor the stack file sets: `--region`. */
  readonly missing: readonly string[];
  /** Messages of faults that a preview would still refuse. */
  readonly faults: readonly string[];
  /** Messages with points that the operator should check. None contains a value. */
  readonly notes: readonly string[];
}

type Keys = Record<string, unknown>;

/**
 * Imports an existing server's settings into a stack: plain ones into its stack file, secrets
 * encrypted in the same file. Settings that validation refuses are skipped one by one. A second run
 * changes nothing.
 * @throws Error with all obstacles at once; nothing is written then.
 */
export async function importEnv(store: SecretStore, options: ImportOptions): Promise<Imported> {
  const before = await store.text();
  const held = await store.held();
  const { settings, notes } = readFile(options.text, options.dialect);
  const existing = plainConfig(before);
  const movedIn: Values = options.keysAreNew === true ? {} : { [MOVED_IN]: true };
  const merged = (config: Values): Keys =>
    cured(existing, { set: { ...config, ...movedIn, ...options.given } });
  const all = carryOver(settings);
  const judged = withoutFaulty(all, merged);
  const others = { ...held, movedIn: options.keysAreNew !== true };
  const carried = withoutSecrets(judged.carried, secretsToLeave(others, judged.carried));
  const wanted = { ...carried.config, ...movedIn, ...options.given };
  const refused = [
    ...(valueAt(merged(carried.config), "domain") === undefined
      ? ["LOCAL_DOMAIN is not in the file. It is the one line that an import can't do without."]
      : []),
    ...keysRefusal(options, { ...held.values, ...carried.secrets }),
    ...judged.faults
      .filter(({ key, code }) => code === "wrong-value" && (NAMES.has(key) || key in options.given))
      .map(({ message }) => message),
    ...(options.replace ? [] : differences(existing, wanted, options.given)),
    ...otherSecrets(carried, held.values),
    ...secretFaults(others)
      .filter(({ kind }) => kind !== "missing")
      .map(({ sentence }) => sentence),
  ];
  if (refused.length > 0)
    throw new Error(`Nothing was written:\n${refused.map((each) => `  ${each}`).join("\n")}`);
  const secrets = Object.fromEntries(
    Object.entries(carried.secrets).filter(([key]) => held.values[key as SecretKey] === undefined),
  );
  const changed = Object.fromEntries(
    Object.entries(wanted).filter(([path, value]) => !isSame(valueAt(existing, path), value)),
  );
  const after = merged(carried.config);
  if (!options.dryRun) {
    await writePlain(store.file, before, after, Object.keys(changed));
    if (Object.keys(secrets).length > 0) await store.write(secrets, held);
  }
  const lacking = Object.entries(FLAGS).filter(([, key]) => valueAt(after, key) === undefined);
  return {
    rows: carried.rows,
    config: changed,
    secrets: Object.keys(secrets).filter(isSecretKey),
    missing: lacking.map(([flag]) => `--${flag}`),
    // A value from a flag is reported under its flag, and a value of the profile under the
    // profile's flag.
    faults: faultsIn(after)
      .filter(({ code }) => code !== "missing")
      .map(({ message }) => message),
    notes: [...notes, ...carried.notes],
  };
}

/** Names of the server. A wrong one stops the import; it is not skipped. */
const NAMES: ReadonlySet<string> = new Set(["domain", "webDomain"]);

/** Refuses an import without the keys with which the old server's data is encrypted. */
function keysRefusal(
  { keysAreNew }: ImportOptions,
  values: Readonly<Partial<Record<SecretKey, string>>>,
): readonly string[] {
  const lacking = lackingOldKeys({ values });
  const has = MADE_NEVER.filter((key) => !lacking.includes(key));
  const names = (keys: readonly SecretKey[]): string =>
    keys.map((key) => secretRow(key).env ?? key).join(", ");
  if (keysAreNew === true)
    return has.length === 0
      ? []
      : [
          `--keys-are-new is for a server older than Mastodon 4.3, but this one has ${names(has)}. Remove --keys-are-new.`,
        ];
  return lacking.length === 0
    ? []
    : [
        `${names(lacking)} ${lacking.length === 1 ? "is" : "are"} not in the file. The old server's data is written with ${lacking.length === 1 ? "it" : "them"}, and a new key can't read it: members with two-factor authentication could not sign in, and from Mastodon 4.7 on no account could sign its posts. Look in its docker-compose file (environment:) and its systemd unit; \`printenv\` in its web process shows them. Add them to the file, or set each: pulumi config set --secret mastodon:${lacking[0] ?? ""}. Only for a server older than Mastodon 4.3, which has none: --keys-are-new.`,
      ];
}

const MADE_NEVER: readonly SecretKey[] = lackingOldKeys({ values: {} });

/** Secrets that no process would accept. Each is skipped, with the consequence. */
function secretsToLeave(
  held: Parameters<typeof secretFaults>[0],
  { secrets }: Carried,
): readonly { readonly key: string; readonly sentence: string }[] {
  const faults = secretFaults({ ...held, values: { ...held.values, ...secrets } }).filter(
    ({ key, kind }) => kind === "wrong" && secrets[key] !== undefined,
  );
  const left = new Map<SecretKey, string>();
  for (const fault of faults)
    // A pair is skipped as a whole.
    for (const key of fault.key.startsWith("vapid") ? VAPID : [fault.key])
      if (secrets[key] !== undefined && !left.has(key)) left.set(key, sentenceOf(fault));
  return [...left].map(([key, sentence]) => ({ key, sentence }));
}

const VAPID: readonly SecretKey[] = ["vapidPrivateKey", "vapidPublicKey"];

function sentenceOf({ key, sentence }: SecretFault): string {
  const row = secretRow(key);
  return row.recipe.kind === "given"
    ? `${sentence} Set it by hand: pulumi config set --secret mastodon:${key}`
    : `${sentence} \`npm run secrets -- init\` makes a new one. ${row.changed}`;
}

function otherSecrets(
  { secrets }: Carried,
  held: Readonly<Partial<Record<SecretKey, string>>>,
): readonly string[] {
  return Object.entries(secrets)
    .filter(([key, value]) => ![undefined, value].includes(held[key as SecretKey]))
    .map(
      ([key]) =>
        `mastodon:${key} is set already, to another value, and secrets are never overwritten. If that stack holds no data yet, take its line out of the stack file and run this again.`,
    );
}

/** Writes all values at once, because half a stack file is invalid. */
async function writePlain(
  file: string,
  before: string,
  merged: Keys,
  paths: readonly string[],
): Promise<void> {
  const keys = new Set(paths.map((path) => path.split(".")[0] ?? path));
  const after = changedStackFile(before, {
    config: Object.fromEntries([...keys].map((key) => [`${NAMESPACE}${key}`, merged[key]])),
    top: {},
  });
  if (after === before) return;
  await writeFile(`${file}.new`, after);
  await rename(`${file}.new`, file);
}

/** Plain keys of this program in a stack file. */
function plainConfig(text: string): Keys {
  return valuesOf(stackTextOf(text, "The stack file").texts);
}

/**
 * Values that an operator set and that the import would change. Values of the shipped file do not
 * count, because no operator chose them.
 */
function differences(
  existing: Keys,
  wanted: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, string>>,
): readonly string[] {
  const untouched = isTemplate(existing);
  return Object.entries(wanted).flatMap(([path, value]) => {
    const there = valueAt(existing, path);
    const isNobodys = isPlaceholder(path, there) || (untouched && path in given);
    return there === undefined || isNobodys || isSame(there, value)
      ? []
      : [
          `mastodon:${path} is ${JSON.stringify(there)} in the stack file and would become ${JSON.stringify(value)}. If that is meant, add --replace.`,
        ];
  });
}

/** Compares lists, too. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
