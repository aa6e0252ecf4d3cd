import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type Cloudflare from "cloudflare";

/** The backend of Pulumi's states: a bucket on R2, or a folder. */

/** One file of the backend. */
export interface Kept {
  /** Key in the backend: `.pulumi/stacks/mastodon/prod.json`. */
  readonly key: string;
  readonly modified: Date;
  /** Its size. */
  readonly bytes: number;
}

/** A backend that can be read without Pulumi. */
export interface StateBucket {
  /** The backend's name in messages. */
  readonly where: string;
  readonly list: (prefix: string) => Promise<readonly Kept[]>;
  readonly read: (key: string) => Promise<string>;
  readonly write: (key: string, text: string) => Promise<unknown>;
  /** Lock rules of the bucket; undefined for a folder. */
  readonly locks?: () => Promise<readonly LockedPart[]>;
}

/** A bucket's lock rule, with the fields that are checked. */
export interface LockedPart {
  readonly prefix: string;
  readonly days: number;
}

/** An address of R2's S3: account, jurisdiction and bucket. */
export interface R2Address {
  readonly account: string;
  readonly jurisdiction: "default" | "eu" | "fedramp";
  readonly bucket: string;
}

/** The address in `PULUMI_BACKEND_URL`; undefined if it names no bucket on R2. */
export function r2AddressOf(url: string): R2Address | undefined {
  const [, bucket, query] = /^s3:\/\/([^/?]+)\/?\?(.*)$/u.exec(url) ?? [];
  const endpoint = new URLSearchParams(query).get("endpoint") ?? "";
  const [, account, jurisdiction] =
    /^(?:https:\/\/)?([0-9a-f]{32})(?:\.(eu|fedramp))?\.r2\.cloudflarestorage\.com\/?$/u.exec(
      endpoint,
    ) ?? [];
  return bucket === undefined || account === undefined
    ? undefined
    : { account, bucket, jurisdiction: (jurisdiction ?? "default") as R2Address["jurisdiction"] };
}

/**
 * URL of a bucket for the CLI, in path style: R2's certificate does not cover bucket subdomains.
 */
export function urlOf({ account, jurisdiction, bucket }: R2Address): string {
  const within = jurisdiction === "default" ? "" : `.${jurisdiction}`;
  return `s3://${bucket}?endpoint=https://${account}${within}.r2.cloudflarestorage.com&region=auto&s3ForcePathStyle=true`;
}

/** A bucket on R2, read through Cloudflare's official client without a second key. */
export function r2Bucket(cloudflare: Cloudflare, address: R2Address): StateBucket {
  const { account, bucket, jurisdiction } = address;
  const at = { account_id: account, "cf-r2-jurisdiction": jurisdiction };
  return {
    where: `the bucket ${bucket} on R2`,
    async list(prefix) {
      const kept: Kept[] = [];
      const { objects } = cloudflare.r2.buckets;
      for await (const { key = "", last_modified = "", size = 0 } of objects.list(bucket, {
        ...at,
        prefix,
        per_page: 1_000,
      }))
        kept.push({ key, modified: new Date(last_modified), bytes: size });
      return kept;
    },
    async read(key) {
      const object = await cloudflare.r2.buckets.objects.get(key, { ...at, bucket_name: bucket });
      return await object.text();
    },
    write: (key, text) =>
      cloudflare.r2.buckets.objects.upload(key, text, { ...at, bucket_name: bucket }),
    async locks() {
      const { rules = [] } = await cloudflare.r2.buckets.locks.get(bucket, at);
      return rules
        .filter(({ enabled }) => enabled)
        .map(({ prefix = "", condition }) => ({
          prefix,
          days: condition.type === "Age" ? condition.maxAgeSeconds / SECONDS_A_DAY : Infinity,
        }));
    },
  };
}

/** R2 gives the age of a lock rule in seconds. */
export const SECONDS_A_DAY = 86_400;

/** The folder of a `file://` address. */
export function folder(url: string): StateBucket {
  const root = fileURLToPath(url.replace(/\?.*$/u, ""));
  return {
    where: root,
    async list(prefix) {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const keys = entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .filter((key) => key.startsWith(prefix));
      return await Promise.all(
        keys.map(async (key) => {
          const { mtime: modified, size: bytes } = await stat(join(root, key));
          return { key, modified, bytes };
        }),
      );
    },
    read: (key) => readFile(join(root, key), "utf8"),
    async write(key, text) {
      await mkdir(dirname(join(root, key)), { recursive: true });
      await writeFile(join(root, key), text);
    },
  };
}
