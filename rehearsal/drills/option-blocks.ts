import { randomBytes } from "node:crypto";
import type { SecretKey } from "../../config/secret-keys/all.ts";

/** Made-up blocks of the stack file, and secrets for them. */

/**
 * An option of each kind: those that add a container, a Job, a connection or a secret to
 * production's.
 */
export const OPTIONS = {
  mail: {
    server: "smtp.mail.example.net",
    from: "Example Social <hello@example.social>",
    bulk: { server: "bulk.mail.example.net", port: 465, encryption: "tls" },
  },
  search: { host: "search.example.net", user: "mastodon" },
  signIn: { oidc: { issuer: "https://id.example.net/realms/ours", clientId: "mastodon" } },
  captcha: { siteKey: "01234567-89ab-cdef-0123-456789abcdef" },
  translation: { deepl: {} },
  metrics: { namespace: "monitoring" },
  tracing: { endpoint: "https://otlp.example.net:4318", headers: true },
  federation: { authorizedFetch: true },
} as const;

/** A value in the form that the key wants. */
export function madeUpSecret(key: SecretKey): string {
  const random = randomBytes(24).toString("hex");
  return key === "otlpHeaders" ? `authorization=${random}` : random;
}
