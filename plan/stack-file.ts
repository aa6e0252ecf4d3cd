import { readFileSync } from "node:fs";
import { isMap, isScalar, visit } from "yaml";
import { isPlaceholder } from "../domain/shipped.ts";
import { valuesOf, type StackText } from "../input/stack-text.ts";
import { stackTextOf } from "../ops/stack-file/texts.ts";
import { documentOf } from "../ops/stack-file/yaml.ts";

/** Key of the fingerprints of secrets, which are not here. */
const FINGERPRINTS = "mastodon:fingerprints";

/**
 * The committed configuration of production, by key without its namespace, without secrets and
 * their fingerprints.
 */
export function readStackFile(): Record<string, unknown> {
  return valuesOf(stackTextOf(readyToRehearse(textOfStack("prod")), "Pulumi.prod.yaml").texts);
}

/**
 * Content of a stack's file in the form in which the program gets it.
 * @throws Error with a message if there is no such file, or it can't be read.
 */
export function stackText(stack: string): StackText {
  return stackTextOf(textOfStack(stack), `Pulumi.${stack}.yaml`);
}

function textOfStack(stack: string): string {
  try {
    return readFileSync(new URL(`../Pulumi.${stack}.yaml`, import.meta.url), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      `There is no Pulumi.${stack}.yaml in the project's folder. Set --stack to the name of a stack that has one.`,
    );
  }
}

/**
 * Ids in Cloudflare's form, of no existing account and zone, because the program refuses the
 * template's.
 */
const IDS = {
  accountId: "4f1c2a9be07d43568d3f9a60c7b1e285",
  zoneId: "9d27e6b05a1f4c83b6e48f2d7013ca5e",
} as const;

/**
 * A stack file for a rehearsal: without secrets, and with ids that replace the template's. An
 * operator's own ids stay.
 */
export function readyToRehearse(text: string, file = "Pulumi.prod.yaml"): string {
  const document = documentOf(withoutSecrets(text, file), file);
  for (const [key, id] of Object.entries(IDS)) {
    const path = ["config", "mastodon:cloudflare", key];
    if (isPlaceholder(`cloudflare.${key}`, document.getIn(path))) document.setIn(path, id);
  }
  return document.toString({ lineWidth: 0 });
}

/** A stack file without any secret: nothing encrypted, no fingerprints, no salt. */
export function withoutSecrets(text: string, file = "Pulumi.prod.yaml"): string {
  const document = documentOf(text, file);
  visit(document, {
    Pair: (_at, pair) => {
      // A value of `pulumi config set --secret`, at any depth.
      if (isMap(pair.value) && pair.value.has("secure")) return visit.REMOVE;
      return isScalar(pair.key) && pair.key.value === FINGERPRINTS ? visit.REMOVE : undefined;
    },
  });
  for (const key of ["encryptionsalt", "secretsprovider", "encryptedkey"]) document.delete(key);
  return document.toString({ lineWidth: 0 });
}

/**
 * A stack file that lets an update deploy tags without digests, because a rehearsal uses no
 * registry and pulls no image.
 */
export function withUnpinnedImages(text: string, file = "Pulumi.prod.yaml"): string {
  const document = documentOf(text, file);
  document.setIn(["config", "mastodon:images"], { unpinned: "allow" });
  return document.toString({ lineWidth: 0 });
}
