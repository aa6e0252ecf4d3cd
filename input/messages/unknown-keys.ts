import { nodeAt, type SchemaNode } from "../../config/describe.ts";
import { keyOf, valueAt, type Fault } from "../../domain/fault.ts";
import { nearest } from "./nearest.ts";

/** Unknown keys: misspelt, at the wrong depth, or with another program's name for them. */

/** Input of the messages. */
export interface UnknownContext {
  readonly schema: SchemaNode;
  readonly root: unknown;
  readonly mayShow: (path: readonly PropertyKey[]) => boolean;
  readonly otherKeys: readonly string[];
  /** Whether a key is required and missing. */
  readonly isMissing: (key: string) => boolean;
}

/** A fault, and the keys whose own fault it explains, so that they are not reported again. */
export interface Explanation {
  readonly fault: Fault;
  readonly explains: readonly string[];
}

/**
 * Keys that operators look for under another name; `*` is an item of a list. With `to`, only the
 * name differs.
 */
const IMAGE = {
  says: "the images that run are listed in config/images.ts, and a fork's are set by mastodon:fork",
};
const ELSEWHERE: Readonly<Record<string, { readonly to: string } | { readonly says: string }>> = {
  "images.mastodon": IMAGE,
  "images.streaming": IMAGE,
  "sidekiq.*.threads": { to: "concurrency" },
};

/** No value is shown, because an unknown key may be a mistyped secret. */
export function unknownKeys(
  parent: readonly PropertyKey[],
  keys: readonly string[],
  context: UnknownContext,
): readonly Explanation[] {
  return keys.map((key) => explained([...parent, key], context));
}

function explained(path: readonly PropertyKey[], context: UnknownContext): Explanation {
  const parent = path.slice(0, -1);
  const key = path.map(String).join(".");
  const root = context.mayShow(path) ? context.root : undefined;
  const name = keyOf(path, root);
  const below = (...steps: readonly PropertyKey[]): string =>
    [...parent, ...steps].map(String).join(".");
  const own = nodeAt(context.schema, parent)?.properties ?? {};
  const elsewhere =
    ELSEWHERE[path.map((step) => (typeof step === "number" ? "*" : step)).join(".")];
  if (elsewhere !== undefined)
    return {
      fault: {
        code: "elsewhere",
        key,
        ...("to" in elsewhere
          ? calledOtherwise(name, key, below(elsewhere.to), elsewhere.to, context.root)
          : {
              message: `${name} is not a key of this program: ${elsewhere.says}. Remove it`,
              cures: [{ remove: [key] }],
            }),
      },
      explains: "to" in elsewhere ? [below(elsewhere.to)] : [],
    };
  const owner = ownerOf(String(path.at(-1)), parent, own, context.root);
  if (owner !== undefined)
    return {
      fault: {
        code: "one-level-too-high",
        key,
        message: `${name} is beside ${keyOf([...parent, owner], root)}, which is empty. Indent it by two spaces, so that it is below ${owner}`,
        cures: [{ rename: { [key]: below(owner, path.at(-1)!) } }],
      },
      explains: [below(owner)],
    };
  const known = [...Object.keys(own), ...(parent.length === 0 ? context.otherKeys : [])];
  const meant = nearest(String(path.at(-1)), known);
  // Unencrypted, it would be refused under its right name, too.
  const isSecret = meant !== undefined && context.otherKeys.includes(meant);
  const isThere = meant !== undefined && valueAt(context.root, below(meant)) !== undefined;
  const rename = { rename: { [key]: below(meant ?? "") } };
  if (meant !== undefined && context.isMissing(below(meant)))
    return {
      fault: {
        code: "misspelt",
        key,
        message: `${name} is not a key of this program, and ${keyOf([...parent, meant], root)} is missing: probably a misspelling. Rename it to ${meant}`,
        cures: [rename],
      },
      explains: [below(meant)],
    };
  return {
    fault: {
      code: "unknown-key",
      key,
      message:
        `${name} is not a key of this program. ` +
        (meant === undefined ? "" : `Did you mean ${keyOf([...parent, meant], root)}? `) +
        `There are: ${known.join(", ")}`,
      cures: isSecret ? [] : meant === undefined || isThere ? [{ remove: [key] }] : [rename],
    },
    explains: [],
  };
}

/**
 * A key with another program's name. If this program's key is also set, one of the two must be
 * removed.
 */
function calledOtherwise(
  name: string,
  key: string,
  right: string,
  to: string,
  root: unknown,
): Pick<Fault, "message" | "cures"> {
  return valueAt(root, right) === undefined
    ? {
        message: `${name} is called ${to} here. Rename it to ${to}`,
        cures: [{ rename: { [key]: right } }],
      }
    : {
        message: `${name} is called ${to} here, and ${to} is set already. Remove it`,
        cures: [{ remove: [key] }],
      };
}

/** The empty key next to it to which this one belongs. */
function ownerOf(
  key: string,
  parent: readonly PropertyKey[],
  own: Readonly<Record<string, SchemaNode>>,
  root: unknown,
): string | undefined {
  return Object.keys(own).find(
    (sibling) =>
      own[sibling]?.properties !== undefined &&
      Object.hasOwn(own[sibling].properties, key) &&
      valueAt(root, [...parent, sibling].map(String).join(".")) === null,
  );
}
