import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** Prefix of a ciphertext: the key's version. */
const PREFIX = "vault:v1:";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key service on this machine. */
export interface KeyService {
  /**
   * Environment that Pulumi's `hashivault://` requires
   * (https://www.pulumi.com/docs/iac/concepts/secrets/).
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that it encrypted, base64: the key with which the stack's values are encrypted. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/**
 * The encrypt and decrypt calls of Vault's transit engine
 * (https://developer.hashicorp.com/vault/api-docs/secret/transit). It is the only key service of
 * Pulumi's whose address can be set. Its key exists only while it runs.
 */
export async function startKeyService(): Promise<KeyService> {
  const key = randomBytes(32);
  const token = randomBytes(16).toString("hex");
  const seen: string[] = [];
  const answerOf = async (request: IncomingMessage): Promise<Record<string, string>> => {
    if (request.headers["x-vault-token"] !== token) throw new Error("permission denied");
    const body = JSON.parse((await buffer(request)).toString("utf8")) as Record<string, string>;
    const { plaintext = "", ciphertext = "" } = body;
    if (request.url?.startsWith("/v1/transit/encrypt/") === true) {
      seen.push(plaintext);
      return { ciphertext: PREFIX + seal(key, Buffer.from(plaintext, "base64")) };
    }
    if (request.url?.startsWith("/v1/transit/decrypt/") === true)
      return { plaintext: open(key, ciphertext.slice(PREFIX.length)).toString("base64") };
    throw new Error(`no handler for ${request.url ?? ""}`);
  };
  const server = createServer((request, response) => {
    answerOf(request).then(
      (data) => response.end(JSON.stringify({ data })),
      (error: unknown) => {
        response.statusCode = 400;
        response.end(JSON.stringify({ errors: [(error as Error).message] }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: { VAULT_SERVER_URL: address, VAULT_SERVER_TOKEN: token },
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function seal(key: Buffer, plain: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString("base64");
}

function open(key: Buffer, text: string): Buffer {
  const sealed = Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([
    decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
    decipher.final(),
  ]);
}
