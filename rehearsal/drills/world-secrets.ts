import type { Haystack, NamedSecret } from "../checks/secret-search.ts";
import type { StateResource } from "../engine/operation.ts";
import { nameOf } from "../engine/operation.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveApi } from "./live.ts";

/** Outputs by these names are credentials wherever a cloud answers them. */
const CREDENTIALS: ReadonlySet<string> = new Set(["password", "token", "rawConfig", "secretKey"]);

/** Types of which `value`, a word for anything, is a credential. */
const VALUE_IS_CREDENTIAL = /:AccountToken$/u;

/** No secret by nature: the CA's certificate, in a Secret only because it is mounted; and the name of a key, which is its resource's id. */
const PUBLIC_KEYS: ReadonlySet<string> = new Set(["do-internal.crt", "AWS_ACCESS_KEY_ID"]);

/** Every secret of a run: those of the config, those that the clouds made, and whatever else stands in the cluster's Secrets. */
export async function allSecrets(rehearsal: Rehearsal): Promise<readonly NamedSecret[]> {
  const made = (await rehearsal.stack.resources()).flatMap((resource) => credentialsOf(resource));
  const live = (await liveApi(rehearsal).listSecretForAllNamespaces()).items.flatMap(
    ({ metadata, data }) =>
      Object.entries(data ?? {})
        .filter(([key]) => !PUBLIC_KEYS.has(key))
        .map(([key, value]) => ({
          name: `Secret ${metadata?.name ?? ""} ${key}`,
          value: Buffer.from(value, "base64").toString("utf8"),
        })),
  );
  const known = new Map([...live, ...made, ...rehearsal.secrets].map((one) => [one.value, one]));
  return [...known.values()];
}

/** Credentials among the outputs that a cloud answered. */
export function credentialsOf({ urn, type, outputs }: StateResource): readonly NamedSecret[] {
  const found: NamedSecret[] = [];
  const isCredential = (key: string): boolean =>
    CREDENTIALS.has(key) || (key === "value" && VALUE_IS_CREDENTIAL.test(type));
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string" && isCredential(key) && value !== "")
      found.push({ name: `${nameOf(urn)} ${key}`, value });
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

/** Everything that anyone might read: what the engine and the stack wrote, and the cluster's ConfigMaps. */
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
