import { NAMESPACE, namespaceFaults } from "./namespaces.ts";
import { parseConfig } from "./parse.ts";
import { StackConfigSchema, type StackConfig } from "../config/schema.ts";
import { inTheClear } from "./secret-faults.ts";
import { isSecretKey, SECRETS } from "../config/secret-keys/all.ts";
import { Refusal, type Fault } from "../domain/fault.ts";

/**
 * The only reader of a stack file's content. Pulumi passes every value to a program as text, so
 * `"500"` and `500` are the same. The rehearsal, `npm run render` and the tests pass the same text
 * (`ops/stack-file/texts.ts`) and so get the same result.
 */

/** A stack file's content in the form in which Pulumi passes it. */
export interface StackText {
  /**
   * By key with its namespace; structures as JSON. `undefined`: encrypted, and it can't be
   * decrypted here.
   */
  readonly texts: Readonly<Record<string, string | undefined>>;
  /** Whether a key is encrypted in the file: its value is never shown. */
  readonly isEncrypted: (key: string) => boolean;
}

/**
 * The configuration in a stack file.
 * @throws Refusal naming every fault, at once, including keys in other namespaces and secrets that
 * are not encrypted.
 */
export function readConfig({ texts, isEncrypted }: StackText): StackConfig {
  const plain = plainKeys(texts);
  const unread = plain.filter((key) => texts[fullKey(key)] === undefined).map(unreadable);
  if (unread.length > 0)
    throw new Refusal(
      "The stack file has settings that can't be read here; nothing was changed",
      unread,
    );
  return parseConfig(valuesOf(texts), {
    encrypted: new Set(plain.filter((key) => isEncrypted(fullKey(key)))),
    otherKeys: SECRETS.map(({ key }) => key),
    // A program that asks only for known keys would see none of these.
    elsewhere: [
      ...namespaceFaults(Object.keys(texts), isEncrypted),
      ...SECRETS.filter(({ key }) => fullKey(key) in texts && !isEncrypted(fullKey(key))).map(
        ({ key }) => inTheClear(key),
      ),
    ],
  });
}

/**
 * The settings by key without the namespace, each with the value that its text means. Secrets are
 * not among them.
 */
export function valuesOf(texts: StackText["texts"]): Record<string, unknown> {
  return Object.fromEntries(
    plainKeys(texts).flatMap((key) => {
      const text = texts[fullKey(key)];
      return text === undefined ? [] : [[key, valueOf(key, text)] as const];
    }),
  );
}

/**
 * The same settings in the form in which Pulumi passes them: the reverse. A key with a colon keeps
 * its own namespace.
 */
export function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key.includes(":") ? key : fullKey(key), textOf(value)]),
  );
}

/** A value in the form in which Pulumi passes it: null is an empty text (measured, CLI 3.259.0). */
export function textOf(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The schema determines which values were structures or numbers in the file. */
function valueOf(key: string, text: string): unknown {
  const field = (StackConfigSchema.shape as Record<string, { readonly type: string }>)[key];
  if (field === undefined || field.type === "string") return text;
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function plainKeys(texts: StackText["texts"]): readonly string[] {
  return Object.keys(texts)
    .filter((key) => key.startsWith(`${NAMESPACE}:`))
    .map((key) => key.slice(NAMESPACE.length + 1))
    .filter((key) => !isSecretKey(key));
}

function fullKey(key: string): string {
  return `${NAMESPACE}:${key}`;
}

function unreadable(key: string): Fault {
  return {
    code: "unreadable",
    key,
    message: `${fullKey(key)} is encrypted, and only Pulumi can decrypt it. It is not a secret: set it in the clear (pulumi config set --plaintext ${fullKey(key)} VALUE)`,
    cures: [],
  };
}
