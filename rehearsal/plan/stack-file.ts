import { readFileSync } from "node:fs";
import { isMap, isScalar, parse, parseDocument, visit } from "yaml";

const PREFIX = "mastodon:";

/** By what secrets are known again that are not here. */
const FINGERPRINTS = `${PREFIX}fingerprints`;

/** The committed configuration of production, by key without its namespace; secrets and their fingerprints are not in it. */
export function readStackFile(): Record<string, unknown> {
  const file = new URL("../../Pulumi.prod.yaml", import.meta.url);
  const { config } = parse(withoutSecrets(readFileSync(file, "utf8"))) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
}

/** A stack file as it was before it had any secret: nothing encrypted, no fingerprints, no salt. Pure. */
export function withoutSecrets(text: string): string {
  const document = parseDocument(text);
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
