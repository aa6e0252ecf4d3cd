import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  ACCOUNT_TOKEN,
  PERMISSION_GROUPS,
  s3SecretOf,
} from "../clouds/cloudflare/account-token.ts";
import { R2_BUCKET } from "../clouds/cloudflare/r2.ts";
import { read } from "../clouds/properties.ts";
import type { World } from "../clouds/world.ts";
import { S3Refusal } from "./r2-refusals.ts";

/** Permissions of an S3 key. */
export interface S3Key {
  /** Its secret half. If undefined, no signature is verified. */
  readonly secret?: string;
  /**
   * Whether it may reach a bucket. A call of another kind, such as the creation of a bucket, is for
   * no key.
   */
  readonly may: (what: "read" | "write", bucket: string, host: string) => boolean;
}

/** Finds a key by its id; undefined if there is none. */
export type S3Keys = (accessKeyId: string) => S3Key | undefined;

/** A single key that may do everything. */
export function onlyKey(accessKeyId: string): S3Keys {
  return (id) => (id === accessKeyId ? { may: () => true } : undefined);
}

/** Names of the groups that allow it: R2 has none that may write and not read. */
const ALLOWS = { read: /Bucket Item (?:Read|Write)$/u, write: /Bucket Item Write$/u } as const;

/**
 * The keys of Cloudflare's tokens in a world: the id of a token, and the SHA-256 of its value
 * (developers.cloudflare.com/r2/api/tokens). Each reaches the buckets of its policies through the
 * host of their account and jurisdiction.
 */
export function keysOfTokens(world: World): S3Keys {
  return (accessKeyId) => {
    const token = world.get(ACCOUNT_TOKEN, accessKeyId)?.properties;
    const secret = s3SecretOf(world, accessKeyId);
    if (token?.["status"] !== "active" || secret === undefined) return undefined;
    return {
      secret,
      may: (what, bucket, host) =>
        read
          .list(token, "policies")
          .some(
            (policy) =>
              policy["effect"] === "allow" &&
              Object.keys(JSON.parse(read.text(policy, "resources")) as object).includes(
                `com.cloudflare.edge.r2.bucket.${placeOf(host)}_${bucket}`,
              ) &&
              read
                .list(policy, "permissionGroups")
                .some(({ id }) => ALLOWS[what].test(PERMISSION_GROUPS[String(id)]?.name ?? "")),
          ),
    };
  };
}

/** `<account>_<jurisdiction>` of an S3 host of R2. */
function placeOf(host: string): string {
  const [, account, jurisdiction = "default"] =
    /^([0-9a-f]{32})(?:\.(eu|fedramp))?\.r2\.cloudflarestorage\.com$/u.exec(host) ?? [];
  return `${account ?? "elsewhere"}_${jurisdiction}`;
}

/** Whether a bucket exists in a world, in the jurisdiction of the host. */
export function bucketsOf(world: World): (bucket: string, host: string) => boolean {
  return (bucket, host) =>
    world
      .find(R2_BUCKET, (_, id) => id === bucket)
      .some(
        ({ properties }) =>
          placeOf(host) ===
          `${read.text(properties, "accountId")}_${read.text(properties, "jurisdiction").toLowerCase()}`,
      );
}

/**
 * The key that signed a request, by signature version 4
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Refusals:
 * developers.cloudflare.com/r2/api/error-codes.
 * @throws S3Refusal for no signature, an unknown key, or another secret.
 */
export function signerOf({ method, url = "", headers }: IncomingMessage, keys: S3Keys): S3Key {
  const words = String(headers.authorization);
  const [, id, scope] = /Credential=([^/]+)\/([^,\s]+)/u.exec(words) ?? [];
  if (id === undefined || scope === undefined)
    throw new S3Refusal(400, "InvalidArgument", "The request is not signed by version 4.");
  const key = keys(id);
  if (key === undefined)
    throw new S3Refusal(401, "Unauthorized", "The access key is not known here.");
  if (key.secret === undefined) return key;
  const signed = /SignedHeaders=([^,\s]+)/u.exec(words)?.[1]?.split(";") ?? [];
  const [path = "", query = ""] = url.split("?");
  const canonical = [
    method,
    path,
    query
      .split("&")
      .filter(Boolean)
      .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
      .toSorted()
      .join("&"),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/gu, " ")}`),
    "",
    signed.join(";"),
    headers["x-amz-content-sha256"],
  ].join("\n");
  const [date = "", region = "", service = "", end = ""] = scope.split("/");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const derived = [date, region, service, end].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${key.secret}`,
  );
  if (hmac(derived, text).toString("hex") !== /Signature=([0-9a-f]+)/u.exec(words)?.[1])
    throw new S3Refusal(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    );
  return key;
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
