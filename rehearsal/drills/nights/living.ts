import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import type { Redis } from "ioredis";
import pg from "pg";
import { mediaOf } from "../../../domain/media.ts";
import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { r2BucketKey } from "../../clouds/cloudflare/r2.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { environmentIn, openValkey } from "../data-clients.ts";
import { aPodOf, queryAsWeb } from "../live.ts";
import { decrypted, encrypted } from "./otp-secret.ts";

/**
 * A server that lives: accounts with keys, posts, members with an encrypted column, media in R2,
 * jobs and feeds in Valkey. Its content is made up; web writes and reads it with its credentials.
 */

/**
 * Local accounts by their ids. -99 is the server's own (mastodon/mastodon
 * `app/models/account.rb`).
 */
const LOCAL: Readonly<Record<number, string>> = {
  [-99]: "example.social",
  101: "alice",
  102: "bob",
  103: "carol",
};
/** Bits of Mastodon's keys (mastodon/mastodon `app/models/account.rb`, `generate_keys`). */
const KEY_BITS = 2048;
/** Posts, invented. */
const STATUSES = 2_000;
/** Accounts of other servers, invented. */
const REMOTE = 300;

/** Tables, and the columns that a release neither adds nor drops. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  accounts: ["id", "username", "domain", "public_key", "private_key", "uri", "created_at"],
  users: ["id", "account_id", "email", "encrypted_password", "otp_secret"],
  statuses: ["id", "account_id", "text", "uri", "created_at", "visibility"],
  settings: ["id", "var", "value"],
  web_push_subscriptions: ["id", "user_id", "endpoint"],
};
/**
 * Names in Valkey (sidekiq 8 `lib/sidekiq/client.rb`; mastodon/mastodon
 * `app/lib/feed_manager.rb`).
 */
const QUEUE = "queue:default";
const SCHEDULED = "schedule";
const FEED = "feed:home:1";
/** A text that an account's key signs, to show that it is the one of before. */
const SIGNED = Buffer.from("(request-target): post /inbox");

const OTP = "JBSWY3DPEHPK3PXP";
const { media, bucket } = mediaBucket();

/** The content, with what is needed to know it again. */
export interface Living {
  /** Public keys of local accounts by name, PEM. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Checksums of all content. */
export interface Content {
  /** `2000 rows, 1f3870be…` by table. */
  readonly tables: Readonly<Record<string, string>>;
  /** "signs" by account, if its private key fits the public one that other servers know. */
  readonly actorKeys: Readonly<Record<string, string>>;
  /** The encrypted column in plain, with the keys in web's pod. */
  readonly otp: string;
  /** SHA-256 by path. */
  readonly media: Readonly<Record<string, string>>;
  readonly jobs: readonly string[];
  readonly feeds: number;
}

/** Writes the content. */
export async function bringToLife(rehearsal: Rehearsal): Promise<Living> {
  const environment = await environmentIn(rehearsal, await aPodOf(rehearsal, "web"), "puma");
  const keys: Record<string, string> = {};
  const statements: string[] = [];
  for (const [id, name] of Object.entries(LOCAL)) {
    const pair = generateKeyPairSync("rsa", {
      modulusLength: KEY_BITS,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    keys[name] = pair.publicKey;
    const values = [name, pair.publicKey, pair.privateKey, `https://example.social/users/${name}`];
    statements.push(
      `INSERT INTO accounts (id, username, public_key, private_key, uri, created_at) VALUES (${id}, ${values.map((value) => pg.escapeLiteral(value)).join(", ")}, '2025-03-02') ON CONFLICT (id) DO UPDATE SET username = EXCLUDED.username, public_key = EXCLUDED.public_key, private_key = EXCLUDED.private_key, uri = EXCLUDED.uri, created_at = EXCLUDED.created_at`,
    );
  }
  statements.push(
    `INSERT INTO accounts (id, username, domain, uri, created_at) SELECT 1000 + n, 'remote' || n, 'other' || n % 7 || '.example', 'https://other.example/users/' || n, '2025-04-01' FROM generate_series(1, ${REMOTE}) n`,
    `INSERT INTO users (id, account_id, email, encrypted_password, otp_secret) SELECT n, 100 + n, n || '@example.net', md5(n::text), CASE n WHEN 1 THEN ${pg.escapeLiteral(encrypted(OTP, environment))} END FROM generate_series(1, 3) n`,
    `INSERT INTO statuses (id, account_id, text, uri, created_at, visibility) SELECT n, CASE WHEN n % 3 = 0 THEN 1000 + n % ${REMOTE} + 1 ELSE 101 + n % 3 END, 'post ' || md5(n::text), 'https://example.social/statuses/' || n, '2026-11-28T' || lpad((n % 24)::text, 2, '0') || ':07:41Z', 'public' FROM generate_series(1, ${STATUSES}) n`,
    "INSERT INTO settings (id, var, value) VALUES (1, 'site_title', 'Example Social')",
    "INSERT INTO web_push_subscriptions (id, user_id, endpoint) VALUES (1, 1, 'https://push.example.net/1')",
  );
  await queryAsWeb(rehearsal, statements.join(";\n"));
  for (const [path, body] of Object.entries(media)) rehearsal.world.r2.put(bucket, path, body);
  // A bucket with objects can't be deleted.
  rehearsal.world.filledBuckets.add(r2BucketKey(bucket));
  await fillValkey(rehearsal);
  return { keys };
}

/** Writes jobs, a scheduled post and a feed into Valkey. */
export async function fillValkey(rehearsal: Rehearsal): Promise<void> {
  await withValkey(rehearsal, async (valkey) => {
    const job = (jid: string): string => JSON.stringify({ class: "DeliveryWorker", jid });
    await valkey.rpush(QUEUE, job("1"), job("2"), job("3"));
    await valkey.zadd(
      SCHEDULED,
      4_102_444_800,
      JSON.stringify({ class: "PublishWorker", jid: "4" }),
    );
    await buildFeeds(valkey);
  });
}

/** Builds the home feed again from the rows, as `tootctl feeds build` does for each member. */
export async function buildFeeds(valkey: Redis): Promise<void> {
  for (let id = 1; id <= 20; id += 1) await valkey.zadd(FEED, id, String(id));
}

/** Runs the work with a connection to Valkey that has web's credentials. */
export async function withValkey<T>(
  rehearsal: Rehearsal,
  work: (valkey: Redis) => Promise<T>,
): Promise<T> {
  const pod = await aPodOf(rehearsal, "web");
  const valkey = await openValkey(rehearsal, await environmentIn(rehearsal, pod, "puma"));
  try {
    return await work(valkey);
  } finally {
    valkey.disconnect();
  }
}

/** Reads all content: rows as web, media from the bucket, jobs and feeds from Valkey. */
export async function contentOf(rehearsal: Rehearsal, { keys }: Living): Promise<Content> {
  const environment = await environmentIn(rehearsal, await aPodOf(rehearsal, "web"), "puma");
  const sums = Object.entries(TABLES).map(
    ([table, columns]) =>
      `SELECT json_build_array('${table}', count(*) || ' rows, ' || md5(coalesce(string_agg(line, chr(10) ORDER BY line COLLATE "C"), ''))) FROM (SELECT concat_ws('|', ${columns.join(", ")}) AS line FROM ${table}) AS lines`,
  );
  const pairs = `SELECT coalesce(json_agg(json_build_array(username, private_key)), '[]') FROM accounts WHERE id IN (${Object.keys(LOCAL).join(", ")})`;
  const column = "SELECT to_json(coalesce((SELECT otp_secret FROM users WHERE id = 1), ''))";
  const answer = await queryAsWeb(rehearsal, [...sums, pairs, column].join(";\n"));
  const lines = answer.split("\n").map((line) => JSON.parse(line) as unknown);
  const tables = Object.fromEntries(lines.slice(0, sums.length) as [string, string][]);
  const found = new Map(lines[sums.length] as [string, string | null][]);
  const otp = lines[sums.length + 1] as string;
  return {
    tables,
    actorKeys: Object.fromEntries(
      Object.entries(keys).map(([name, key]) => [name, isPair(found.get(name), key)]),
    ),
    otp: opened(otp, environment),
    media: Object.fromEntries(
      rehearsal.world.r2.list(bucket).map(([path, { body }]) => [path, sumOf(body)]),
    ),
    ...(await withValkey(rehearsal, async (valkey) => ({
      jobs: [
        ...(await valkey.lrange(QUEUE, 0, -1)),
        ...(await valkey.zrange(SCHEDULED, "0", "-1")),
      ],
      feeds: await valkey.zcard(FEED),
    }))),
  };
}

/** A path of the media host, with the checksum of its object. */
export function aMediaFile(): { readonly path: string; readonly sum: string } {
  const [[path, body] = ["", Buffer.alloc(0)]] = Object.entries(media);
  return { path: `/${path}`, sum: sumOf(body) };
}

/** Checksum of an object. */
export function sumOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}

/** Whether a private key makes signatures that the known public key accepts. */
export function isPair(privateKey: string | null | undefined, publicKey: string): string {
  if (!privateKey) return "no key";
  try {
    const made = sign("sha256", SIGNED, privateKey);
    return verify("sha256", SIGNED, publicKey, made) ? "signs" : "another key";
  } catch {
    return "no key";
  }
}

function opened(column: string, environment: Readonly<Record<string, string>>): string {
  try {
    return decrypted(column, environment) === OTP ? "opens" : "another secret";
  } catch {
    return "does not open";
  }
}

function mediaBucket(): {
  readonly bucket: string;
  readonly media: Readonly<Record<string, Buffer>>;
} {
  const bucket = mediaOf(parseConfig(readStackFile()))?.bucket;
  if (bucket === undefined)
    throw new Error("The stack file has no media, and the nights need some.");
  const paths = ["media_attachments/files/1/original/a.png", "accounts/avatars/101/original/b.png"];
  return {
    bucket,
    media: Object.fromEntries(paths.map((path) => [path, Buffer.from(`PNG of ${path}`)])),
  };
}
