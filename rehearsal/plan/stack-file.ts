import { readFileSync } from "node:fs";
import { isMap, isScalar, visit } from "yaml";
import { valuesOf, type StackText } from "../../config/stack-text.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { documentOf } from "../../ops/stack-file/yaml.ts";

/** By what secrets are known again that are not here. */
const FINGERPRINTS = "mastodon:fingerprints";

/** The committed configuration of production, by key without its namespace; secrets and their fingerprints are not in it. */
export function readStackFile(): Record<string, unknown> {
  return valuesOf(stackTextOf(withoutSecrets(textOfStack("prod")), "Pulumi.prod.yaml").texts);
}

/**
 * What a stack's file says, as the program would be given it.
 * @throws Error in a sentence where there is no such file, or it can't be read.
 */
export function stackText(stack: string): StackText {
  return stackTextOf(textOfStack(stack), `Pulumi.${stack}.yaml`);
}

function textOfStack(stack: string): string {
  try {
    return readFileSync(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      `There is no Pulumi.${stack}.yaml in the project's folder. Set --stack to the name of a stack that has one.`,
    );
  }
}

/** A stack file as it was before it had any secret: nothing encrypted, no fingerprints, no salt. */
export function withoutSecrets(text: string, file = "Pulumi.prod.yaml"): string {
  const document = documentOf(text, file);
  visit(document, {
    Pair: (_at, pair) => {
      // What `pulumi config set --secret` leaves in the file, at any depth.
      if (isMap(pair.value) && pair.value.has("secure")) return visit.REMOVE;
      return isScalar(pair.key) && pair.key.value === FINGERPRINTS ? visit.REMOVE : undefined;
    },
  });
  for (const key of ["encryptionsalt", "secretsprovider", "encryptedkey"]) document.delete(key);
  return document.toString({ lineWidth: 0 });
}
