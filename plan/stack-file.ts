import { readFileSync } from "node:fs";
import { isMap, isScalar, visit } from "yaml";
import { isPlaceholder } from "../domain/shipped.ts";
import { valuesOf, type StackText } from "../input/stack-text.ts";
import { stackTextOf } from "../ops/stack-file/texts.ts";
import { documentOf } from "../ops/stack-file/yaml.ts";

/** By what secrets are known again that are not here. */
const FINGERPRINTS = "mastodon:fingerprints";

/**
 * The committed configuration of production, by key without its namespace; secrets and their
 * fingerprints are not in it.
 */
export function readStackFile(): Record<string, unknown> {
  return valuesOf(stackTextOf(readyToRehearse(textOfStack("prod")), "Pulumi.prod.yaml").texts);
}

/**
 * Content of a stack's file, as the program would be given it.
 * @throws Error in a sentence where there is no such file, or it can't be read.
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
 * Ids as Cloudflare makes them, of an account and a zone that nobody has: the program refuses the
 * template's.
 */
const IDS = {
  accountId: "4f1c2a9be07d43568d3f9a60c7b1e285",
  zoneId: "9d27e6b05a1f4c83b6e48f2d7013ca5e",
} as const;

/**
 * A stack file as a rehearsal has it: without secrets, and with ids where the template has none. An
 * operator's own stay.
 */
export function readyToRehearse(text: string, file = "Pulumi.prod.yaml"): string {
  const document = documentOf(withoutSecrets(text, file), file);
  for (const [key, id] of Object.entries(IDS)) {
    const path = ["config", "mastodon:cloudflare", key];
    if (isPlaceholder(`cloudflare.${key}`, document.getIn(path))) document.setIn(path, id);
  }
  return document.toString({ lineWidth: 0 });
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

/**
 * A stack file that lets an update deploy tags without digests: no registry is asked in a
 * rehearsal, and no image pulled.
 */
export function withUnpinnedImages(text: string, file = "Pulumi.prod.yaml"): string {
  const document = documentOf(text, file);
  document.setIn(["config", "mastodon:images"], { unpinned: "allow" });
  return document.toString({ lineWidth: 0 });
}
