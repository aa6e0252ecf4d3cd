import { createECDH, randomBytes } from "node:crypto";
import type { NamedSecret } from "./checks/secret-search.ts";

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The config secrets of a run, in the formats that Mastodon and Cloudflare want, by their config keys. Made anew each time. */
export function makeSecrets(): readonly NamedSecret[] {
  const vapid = createECDH("prime256v1");
  vapid.generateKeys();
  // Ruby left-pads the scalar; one in 256 would come out a byte short.
  const scalar = Buffer.concat([Buffer.alloc(32), vapid.getPrivateKey()]).subarray(-32);
  const padded = (bytes: Buffer): string =>
    bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
  return [
    { name: "secretKeyBase", value: randomBytes(64).toString("hex") },
    { name: "activeRecordPrimaryKey", value: alphanumeric(32) },
    { name: "activeRecordDeterministicKey", value: alphanumeric(32) },
    { name: "activeRecordKeyDerivationSalt", value: alphanumeric(32) },
    { name: "vapidPrivateKey", value: padded(scalar) },
    { name: "vapidPublicKey", value: padded(vapid.getPublicKey()) },
    { name: "tunnelSecret", value: randomBytes(32).toString("base64") },
  ];
}

function alphanumeric(length: number): string {
  // 248 = 4 × 62: the bytes above would favour some letters.
  let text = "";
  while (text.length < length)
    for (const byte of randomBytes(length))
      if (byte < 248 && text.length < length) text += ALPHANUMERIC[byte % 62];
  return text;
}
