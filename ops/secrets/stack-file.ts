import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, parseDocument, stringify, type YAMLMap } from "yaml";
import { documentOf } from "../stack-file/yaml.ts";

/**
 * Puts values into the text of a stack file and keeps every other character. `pulumi config set`
 * keeps comments but reformats all flow maps, so a diff shows lines that the operator did not
 * change.
 */

/** Values to write. */
export interface StackFileChange {
  /** Values below `config:`, by full key (`mastodon:tunnelSecret`). */
  readonly config: Readonly<Record<string, unknown>>;
  /** Top-level keys: `encryptionsalt`, `secretsprovider`, `encryptedkey`. */
  readonly top: Readonly<Record<string, string>>;
}

/** Top-level keys with which Pulumi finds the encryption of the file. */
const PROVIDER_KEYS = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/** A stack file's own encryption settings. */
export function providerOf(text: string): Readonly<Record<string, string>> {
  const file = contentOf(text);
  return Object.fromEntries(
    PROVIDER_KEYS.flatMap((key) =>
      typeof file[key] === "string" ? [[key, file[key]] as const] : [],
    ),
  );
}

/** The recipient of the dumps in a stack file; undefined if it makes none. */
export function recipientIn(stackFile: string): string | undefined {
  const { config } = contentOf(stackFile) as {
    readonly config?: { readonly "mastodon:backup"?: { readonly recipient?: string } };
  };
  return config?.["mastodon:backup"]?.recipient;
}

/** The encrypted value of a key, as Pulumi wrote it; undefined if there is none. */
export function encryptedIn(text: string, key: string): string | undefined {
  const config = contentOf(text)["config"] as Readonly<Record<string, unknown>> | undefined;
  const secure = (config?.[key] as { readonly secure?: unknown } | undefined)?.secure;
  return typeof secure === "string" ? secure : undefined;
}

/** Returns the text with the change. @throws Error if the text is not a stack file. */
export function changedStackFile(text: string, change: StackFileChange): string {
  const before = contentOf(text);
  const expected = {
    ...before,
    config: { ...(before["config"] as object | undefined), ...change.config },
    ...change.top,
  };
  let after = text;
  try {
    for (const [key, value] of Object.entries(change.config))
      after = withEntry(after, "config", key, value);
    for (const [key, value] of Object.entries(change.top))
      after = withEntry(after, undefined, key, value);
    if (isDeepStrictEqual(contentOf(after), expected)) return after;
  } catch {
    // An unusual form, such as a flow map, is handled below.
  }
  // Keeps the comments, too, but not all spaces.
  const document = parseDocument(text);
  if (!isMap(document.get("config"))) document.set("config", document.createNode({}));
  for (const [key, value] of Object.entries(change.config)) document.setIn(["config", key], value);
  for (const [key, value] of Object.entries(change.top)) document.set(key, value);
  return document.toString({ lineWidth: 0 });
}

function contentOf(text: string): Readonly<Record<string, unknown>> {
  const content: unknown = documentOf(text, "The stack file").toJS() ?? {};
  if (typeof content !== "object" || Array.isArray(content))
    throw new Error("The stack file has no keys: it should have `config:` and what is below it.");
  return content as Readonly<Record<string, unknown>>;
}

/** Replaces one entry of a block map in place, or adds it after the last one. */
function withEntry(text: string, parent: string | undefined, key: string, value: unknown): string {
  const { contents } = parseDocument(text);
  const map = parent === undefined ? contents : (contents as YAMLMap).get(parent, true);
  if (!isMap(map) || map.flow === true) throw new Error("not a block map");
  const first = startOf(map.items[0]?.key);
  const indent = first - (text.lastIndexOf("\n", first - 1) + 1);
  const entry = stringify({ [key]: value }, { lineWidth: 0 })
    .trimEnd()
    .replaceAll("\n", `\n${" ".repeat(indent)}`);
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (pair !== undefined) {
    const end = text.slice(0, endOf(pair.value)).trimEnd().length;
    return text.slice(0, startOf(pair.key)) + entry + text.slice(end);
  }
  const last = map.items.at(-1);
  const end = text.slice(0, endOf(last?.value ?? last?.key)).trimEnd().length;
  const newline = text.indexOf("\n", end);
  const at = newline === -1 ? text.length : newline;
  const tail = newline === -1 ? "\n" : text.slice(at);
  return `${text.slice(0, at)}\n${" ".repeat(indent)}${entry}${tail}`;
}

type Ranged = { readonly range?: readonly [number, number, number] | null };

function startOf(node: unknown): number {
  const range = (node as Ranged | undefined)?.range;
  if (range === undefined || range === null) throw new Error("not in the text");
  return range[0];
}

function endOf(node: unknown): number {
  const range = (node as Ranged | undefined)?.range;
  if (range === undefined || range === null) throw new Error("not in the text");
  return range[1];
}
