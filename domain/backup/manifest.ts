import { AGE_RECIPIENT } from "../../facts/age.ts";
import { partsOf } from "./names.ts";

/**
 * The manifest of a dump, an object of its own in the bucket. The pod writes it last, and only if
 * every process ended well and the bucket lists each byte: without a manifest there is no dump. A
 * restore refuses by it before it makes anything.
 */
export interface Manifest {
  /** Version of this form. */
  readonly form: 1;
  /** The stack's short name: "prod". */
  readonly stack: string;
  /** `LOCAL_DOMAIN`. Another server's dump is refused. */
  readonly domain: string;
  /** Key of the encrypted dump: "dumps/prod/20261128T010000Z.dump.age". */
  readonly object: string;
  /** Time of the snapshot, ISO: what was written later is not in the dump. */
  readonly begun: string;
  /** Time at which the last byte was encrypted, ISO. */
  readonly ended: string;
  /** Size of the encrypted object. */
  readonly bytes: number;
  /** SHA-256 of the encrypted object, hex. */
  readonly sha256: string;
  /** The age recipient whose identity opens it. */
  readonly recipient: string;
  /** Version of the server: "17.10". */
  readonly server: string;
  /** Version of pg_dump. */
  readonly client: string;
  /** The newest version in `schema_migrations`: "20260821093000". */
  readonly schema: string;
  /** Number of rows in `schema_migrations`. */
  readonly migrations: number;
  /** Mastodon's release: "v4.7.6". */
  readonly mastodon: string;
  /** `datcollate` of the database. Another one sorts texts differently. */
  readonly collation: string;
  /** Fingerprints of the secrets, by config key (`config/secret-keys/fingerprints.ts`). */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Rows in the dump's own snapshot, so a restore must find the same. */
  readonly counts: Counts;
  /** `pg_database_size` of the whole database, with its indexes. */
  readonly databaseBytes: number;
  /** Reasons for doubt. The dump is kept, and raises an alarm. */
  readonly suspicious: readonly Suspicion[];
}

/** Rows of three tables. */
export interface Counts {
  readonly accounts: number;
  /** Rows of `users`: the members. */
  readonly localUsers: number;
  readonly statuses: number;
}

/** Reasons for doubt, each with the words that a list shows. */
export const SUSPICIONS = {
  "no-accounts": "no member is in it",
  smaller: "much smaller than the good one before it",
} as const;

/** A reason for doubt. */
export type Suspicion = keyof typeof SUSPICIONS;

/**
 * Share of the last good dump's size below which a dump is suspicious. A managed Postgres answered
 * for 12 minutes as if it were empty, during a backup of all times
 * (https://members.cosocial.ca/t/mastodon-server-outage-2025-11-07-incident/725).
 */
export const LEAST_SHARE = 0.7;

/** Reasons to doubt a dump, compared with the newest good one; undefined if there is none. */
export function suspicionsOf(
  { bytes, counts }: Pick<Manifest, "bytes" | "counts">,
  lastGood: Pick<Manifest, "bytes"> | undefined,
): readonly Suspicion[] {
  return [
    ...(counts.localUsers === 0 ? (["no-accounts"] as const) : []),
    ...(lastGood !== undefined && bytes < LEAST_SHARE * lastGood.bytes
      ? (["smaller"] as const)
      : []),
  ];
}

/** Form of each field. */
const FIELDS: Readonly<Record<keyof Manifest, (value: unknown) => boolean>> = {
  form: (value) => value === 1,
  stack: isText,
  domain: isText,
  object: (value) => partsOf(String(value))?.kind === "dump",
  begun: isTime,
  ended: isTime,
  bytes: isCount,
  sha256: (value) => /^[0-9a-f]{64}$/u.test(String(value)),
  recipient: (value) => AGE_RECIPIENT.test(String(value)),
  server: isVersion,
  client: isVersion,
  schema: (value) => typeof value === "string" && /^\d{1,20}$/u.test(value),
  migrations: isCount,
  mastodon: isText,
  collation: isText,
  fingerprints: (value) => isRecord(value) && Object.values(value).every(isText),
  counts: (value) =>
    isRecord(value) &&
    [value["accounts"], value["localUsers"], value["statuses"]].every((each) => isCount(each)),
  databaseBytes: isCount,
  suspicious: (value) =>
    Array.isArray(value) && value.every((each) => Object.hasOwn(SUSPICIONS, String(each))),
};

/**
 * The manifest in a text.
 * @throws Error with the key of the object and the field that is wrong. A cut or foreign text is no
 * manifest, so its dump is none.
 */
export function parseManifest(text: string, key: string): Manifest {
  const said = `${key} is no manifest`;
  const value = parsed(text);
  if (!isRecord(value)) throw new Error(`${said}: it is no JSON object`);
  if (value["form"] !== 1)
    throw new Error(
      `${said} that this version reads: form ${JSON.stringify(value["form"])}, expected 1`,
    );
  for (const [field, fits] of Object.entries(FIELDS))
    if (!fits(value[field])) throw new Error(`${said}: its field ${field} is missing or wrong`);
  return value as unknown as Manifest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isVersion(value: unknown): boolean {
  return typeof value === "string" && /^\d+\.\d+$/u.test(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
