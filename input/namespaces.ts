import type { Fault } from "../domain/fault.ts";
import { nearest } from "./messages/nearest.ts";

/**
 * Configuration namespaces that a stack file may use, and provider credentials that it must not
 * contain unencrypted.
 */

/** Namespace of this program. */
export const NAMESPACE = "mastodon";

/**
 * Namespaces of Pulumi and of the three providers. Keys in any other namespace are ignored
 * silently.
 */
export const OTHER_NAMESPACES = ["pulumi", "digitalocean", "kubernetes", "cloudflare"] as const;

/**
 * Credentials of the providers, each with its environment variable (the providers' own pages of
 * their configuration). In the environment of CI they can be changed without a commit, and are
 * never in a repository's history.
 */
const CREDENTIALS: Readonly<Record<string, string>> = {
  "digitalocean:token": "DIGITALOCEAN_TOKEN",
  "digitalocean:spacesSecretKey": "SPACES_SECRET_ACCESS_KEY",
  "cloudflare:apiToken": "CLOUDFLARE_API_TOKEN",
  "cloudflare:apiKey": "CLOUDFLARE_API_KEY",
  "cloudflare:apiUserServiceKey": "CLOUDFLARE_API_USER_SERVICE_KEY",
};

/**
 * Faults of the stack file's keys in other namespaces. No message shows a value.
 * @param keys all keys, with their namespace.
 * @param isEncrypted whether a key's value is encrypted in the file.
 */
export function namespaceFaults(
  keys: readonly string[],
  isEncrypted: (key: string) => boolean,
): readonly Fault[] {
  return keys.flatMap((key): readonly Fault[] => {
    const [namespace = "", ...rest] = key.split(":");
    if (namespace === NAMESPACE) return [];
    const known: readonly string[] = [NAMESPACE, ...OTHER_NAMESPACES];
    if (!known.includes(namespace)) {
      const meant = nearest(namespace, known);
      return [
        {
          code: "unknown-namespace",
          key,
          message: `${key} begins with "${namespace}", and no program here reads that namespace. ${meant === undefined ? "" : `Did you mean ${meant}:${rest.join(":")}? `}Keys begin with one of ${known.join(", ")}`,
          cures:
            meant === NAMESPACE ? [{ rename: { [key]: rest.join(":") } }] : [{ remove: [key] }],
        },
      ];
    }
    const variable = CREDENTIALS[key];
    return variable === undefined || isEncrypted(key)
      ? []
      : [
          {
            code: "credential-in-the-clear",
            key,
            message: `${key} is in the stack file unencrypted, so everyone who can read the repository has it. Remove it (pulumi config rm ${key}), revoke it at the provider, because it is known now, and set a new one in the environment as ${variable}`,
            cures: [{ remove: [key] }],
          },
        ];
  });
}
