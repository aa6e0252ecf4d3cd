import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";

/**
 * Another server that signs its requests, as Mastodon does (draft-cavage-http-signatures;
 * mastodon/mastodon `app/lib/request.rb`).
 */
export interface Signer {
  readonly publicKey: KeyObject;
  /** The headers of a signed request. */
  headersFor(request: SignedRequest): Readonly<Record<string, string>>;
}

/** Parts of a request that a signature covers. */
export interface SignedRequest {
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly body: Buffer;
}

/** Creates a signer with its own key. */
export function makeSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicKey,
    headersFor({ method, host, target, body }) {
      const date = new Date().toUTCString();
      const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
      const text = textOf({ method, target, host, date, digest });
      const signature = sign("sha256", Buffer.from(text), privateKey).toString("base64");
      const names = "(request-target) host date digest";
      return {
        date,
        digest,
        signature: `keyId="https://elsewhere.example/actor#main-key",algorithm="rsa-sha256",headers="${names}",signature="${signature}"`,
      };
    },
  };
}

/**
 * Whether a received request matches its signature: method, path, host, date, and the body by its
 * digest.
 */
export function signatureHolds(
  publicKey: KeyObject,
  seen: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: { readonly sha256: string };
  },
): boolean {
  const { host = "", date = "", digest = "", signature = "" } = seen.headers;
  const sent = /signature="(?<value>[^"]+)"$/u.exec(signature)?.groups?.["value"] ?? "";
  const text = textOf({ method: seen.method, target: seen.url, host, date, digest });
  const body = `SHA-256=${Buffer.from(seen.body.sha256, "hex").toString("base64")}`;
  return (
    body === digest && verify("sha256", Buffer.from(text), publicKey, Buffer.from(sent, "base64"))
  );
}

function textOf(parts: {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly date: string;
  readonly digest: string;
}): string {
  const { method, target, host, date, digest } = parts;
  return `(request-target): ${method.toLowerCase()} ${target}\nhost: ${host}\ndate: ${date}\ndigest: ${digest}`;
}
