import type { Haystack, NamedSecret } from "../checks/secret-search.ts";
import { nameOf } from "../engine/operation.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveApi } from "./live.ts";

/** Outputs with these names are credentials in every cloud. */
const CREDENTIALS: ReadonlySet<string> = new Set(["password", "token", "rawConfig", "secretKey"]);

/** Types whose `value`, a generic name, is a credential. */
const VALUE_IS_CREDENTIAL = /:AccountToken$/u;

/**
 * Not secret: the CA's certificate, which is in a Secret only to be mounted, and the name of a key,
 * which is its resource's id.
 */
const PUBLIC_KEYS = /^do-internal\.crt$|ACCESS_KEY_ID$/u;

/**
 * Every secret of a run: those of the configuration, those that the clouds created, and all others
 * in the cluster's Secrets.
 */
export async function allSecrets(rehearsal: Rehearsal): Promise<readonly NamedSecret[]> {
  const made = (await rehearsal.stack.resources()).flatMap(({ urn, type, outputs }) =>
    credentialsOf(nameOf(urn), type, outputs),
  );
  const live = (await liveApi(rehearsal).listSecretForAllNamespaces()).items.flatMap(
    ({ metadata, data }) =>
      Object.entries(data ?? {})
        .filter(([key]) => !PUBLIC_KEYS.test(key))
        .map(([key, value]) => ({
          name: `Secret ${metadata?.name ?? ""} ${key}`,
          value: Buffer.from(value, "base64").toString("utf8"),
        })),
  );
  const known = new Map([...live, ...made, ...rehearsal.secrets].map((one) => [one.value, one]));
  return [...known.values()];
}

/** Credentials in the outputs of a cloud for a resource of this name. */
export function credentialsOf(
  resource: string,
  type: string,
  outputs: unknown,
): readonly NamedSecret[] {
  const found: NamedSecret[] = [];
  const isCredential = (key: string): boolean =>
    CREDENTIALS.has(key) || (key === "value" && VALUE_IS_CREDENTIAL.test(type));
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string" && isCredential(key) && value !== "")
      found.push({ name: `${resource} ${key}`, value });
    else if (value !== null && typeof value === "object") {
      const plaintext = (value as { readonly plaintext?: unknown }).plaintext;
      // A secret in an exported state: JSON inside a string.
      if (typeof plaintext === "string") walk(JSON.parse(plaintext), key);
      else
        for (const [name, item] of Object.entries(value))
          walk(item, Array.isArray(value) ? key : name);
    }
  };
  walk(outputs, "");
  return found;
}

/**
 * All texts that might be readable: what the engine and the stack wrote, and the cluster's
 * ConfigMaps.
 */
export async function allHaystacks(rehearsal: Rehearsal): Promise<readonly Haystack[]> {
  const configMaps = await liveApi(rehearsal).listConfigMapForAllNamespaces();
  return [
    ...(await rehearsal.stack.haystacks()),
    ...configMaps.items.map(({ metadata, data }) => ({
      name: `ConfigMap ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
      text: JSON.stringify(data ?? {}),
    })),
  ];
}
