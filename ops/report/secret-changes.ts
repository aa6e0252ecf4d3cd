import { isMap, isScalar } from "yaml";
import { isSecretKey } from "../../config/secret-keys/all.ts";
import { documentOf } from "../stack-file/yaml.ts";

/** Secrets that a change of the stack file touches, by name. Their values are never decrypted. */

/** One of them. */
export interface SecretChange {
  /** "smtpPassword". */
  readonly key: string;
  readonly kind: "new" | "changed" | "gone";
}

/** Secrets by what happened to them. */
export interface SecretChanges {
  readonly changes: readonly SecretChange[];
  /** Whether another passphrase or key service encrypts all of them: then each text differs. */
  readonly encryptedAnew: boolean;
}

/**
 * Compares two stack files. Without the earlier one, or if one can't be read, nothing is known, and
 * nothing is reported.
 */
export function secretChangesOf(
  before: string | undefined,
  after: string,
  file: string,
): SecretChanges {
  const [olds, news] = [before === undefined ? undefined : read(before, file), read(after, file)];
  if (olds === undefined || news === undefined) return { changes: [], encryptedAnew: false };
  const encryptedAnew = olds.encryption !== news.encryption;
  const keys = [...new Set([...olds.texts.keys(), ...news.texts.keys()])].sort();
  const changes = keys.flatMap((key): SecretChange[] => {
    const [old, wanted] = [olds.texts.get(key), news.texts.get(key)];
    if (old === undefined) return [{ key, kind: "new" }];
    if (wanted === undefined) return [{ key, kind: "gone" }];
    return old === wanted || encryptedAnew ? [] : [{ key, kind: "changed" }];
  });
  return { changes, encryptedAnew };
}

/** Ciphertexts by key, and what they are encrypted with; undefined for a text that is no YAML. */
function read(
  text: string,
  file: string,
): { readonly texts: ReadonlyMap<string, string>; readonly encryption: string } | undefined {
  const document = documentOrNothing(text, file);
  if (document === undefined) return undefined;
  const config: unknown = document.get("config");
  const texts = new Map<string, string>();
  if (isMap(config))
    for (const { key, value } of config.items) {
      const name = (isScalar(key) ? String(key.value) : "").replace(/^mastodon:/u, "");
      if (isSecretKey(name)) texts.set(name, JSON.stringify(value));
    }
  const encryption = ["encryptionsalt", "secretsprovider", "encryptedkey"]
    .map((key) => String(document.get(key)))
    .join(" ");
  return { texts, encryption };
}

function documentOrNothing(text: string, file: string): ReturnType<typeof documentOf> | undefined {
  try {
    return documentOf(text, file);
  } catch {
    return undefined;
  }
}
