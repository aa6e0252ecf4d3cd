import { isMap, isScalar, visit } from "yaml";
import { NAMESPACE } from "../../input/namespaces.ts";
import { textOf, type StackText } from "../../input/stack-text.ts";
import { stackDocumentOf } from "./yaml.ts";

/**
 * A stack file's content as `pulumi` would hand it to the program, encrypted values apart: those
 * stay unknown.
 * @param file its name, for what is said of it.
 * @throws Error in a sentence where the text is not a stack file's.
 */
export function stackTextOf(text: string, file: string): StackText {
  const document = stackDocumentOf(text, file);
  const config: unknown = document.get("config");
  const texts: Record<string, string | undefined> = {};
  const encrypted = new Set<string>();
  if (isMap(config))
    for (const { key, value } of config.items) {
      const name = isScalar(key) ? String(key.value) : "";
      // Pulumi takes the project's name for a namespace that is missing.
      const full = name.includes(":") ? name : `${NAMESPACE}:${name}`;
      const secret = isEncrypted(value);
      if (secret) encrypted.add(full);
      texts[full] = secret ? undefined : textOf(valueOf(value, document));
    }
  return { texts, isEncrypted: (key) => encrypted.has(key) };
}

function valueOf(node: unknown, document: ReturnType<typeof stackDocumentOf>): unknown {
  return (node as { toJS?: (of: unknown) => unknown } | null)?.toJS?.(document) ?? null;
}

/** Whether a value has ciphertext in it, at any depth: Pulumi then treats all of it as secret. */
function isEncrypted(node: unknown): boolean {
  let found = false;
  visit(node as Parameters<typeof visit>[0], {
    Map: (_at, map) => {
      if (!map.has("secure")) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
