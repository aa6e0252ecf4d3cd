import { isMap, isScalar, visit } from "yaml";
import { NAMESPACE } from "../../input/namespaces.ts";
import { textOf, type StackText } from "../../input/stack-text.ts";
import { stackDocumentOf } from "./yaml.ts";

/**
 * A stack file's content in the form in which `pulumi` passes it to the program. Encrypted values
 * stay unknown.
 * @param file its name, for messages.
 * @throws Error with a message if the text is not a stack file's.
 */
export function stackTextOf(text: string, file: string): StackText {
  const document = stackDocumentOf(text, file);
  const config: unknown = document.get("config");
  const texts: Record<string, string | undefined> = {};
  const encrypted = new Set<string>();
  if (isMap(config))
    for (const { key, value } of config.items) {
      const name = isScalar(key) ? String(key.value) : "";
      // Pulumi uses the project's name if the namespace is missing.
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

/** Whether a value contains ciphertext at any depth: Pulumi then treats all of it as secret. */
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
