import { entriesOf, isKind, podsOf } from "./objects.ts";
import type { ResourceRule, StackRule } from "./rule.ts";

/** Names of variables whose value is a secret. */
const SECRET_NAME =
  /PASS(WORD|WD)?$|SECRET|TOKEN|PRIVATE_KEY|CREDENTIAL|(^|_)API_KEY$|^SECRET_KEY/u;

/** Names that only look like one: paths, switches and public halves. */
const HARMLESS = /PUBLIC_KEY|_(FILE|PATH|URL|ENDPOINT|HEADER|TTL|EXPIRES_IN|LIFETIME)$/u;

/** A private key in PEM, in any variable. */
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/u;

function isOpen([key, text]: readonly [string, string]): boolean {
  return text !== "" && ((SECRET_NAME.test(key) && !HARMLESS.test(key)) || PRIVATE_KEY.test(text));
}

/** No ConfigMap and no container's own list has a secret by its name. */
export const namedSecrets: ResourceRule = {
  name: "no-secret-in-the-clear",
  level: "mandatory",
  says: "No ConfigMap and no container's own `env` has a variable that is named like a secret: whoever may look at pods may read both.",
  check: (resource) => [
    ...(isKind(resource, "ConfigMap") ? entriesOf(resource) : [])
      .filter(isOpen)
      .map(([key]) => `${key} is a secret by its name, in a ConfigMap. Put it into a Secret`),
    ...(podsOf(resource)?.containers ?? []).flatMap(({ name, env = [] }) =>
      env
        .filter(({ name: key, value = "" }) => isOpen([key, value]))
        .map(({ name: key }) => `${name}: ${key} is a secret by its name, in the clear`),
    ),
  ],
};

/** Shortest value that is looked for elsewhere, characters: shorter ones meet by chance. */
const SHORTEST = 16;

/** Values of Secrets that are no secret: the database's public authority, and names. */
const PUBLIC_ENTRY = /\.crt$|_USER$|_HOST$|_NAME$|_ID$|_BUCKET$|_ENDPOINT$/u;

/** No value of a Secret stands in a ConfigMap, under any name. */
export const copiedSecrets: StackRule = {
  name: "no-copied-secret",
  level: "mandatory",
  says: "No value of a Secret stands in a ConfigMap too, under whatever name.",
  check: (resources) => {
    const values = resources
      .filter((resource) => isKind(resource, "Secret"))
      .flatMap((resource) => entriesOf(resource))
      .filter(([key, text]) => text.length >= SHORTEST && !PUBLIC_ENTRY.test(key))
      .map(([, text]) => text);
    return resources
      .filter((resource) => isKind(resource, "ConfigMap"))
      .flatMap((resource) =>
        entriesOf(resource)
          .filter(([, text]) => values.some((value) => text.includes(value)))
          .map(([key]) => ({
            urn: resource.urn,
            message: `${key} has a value that is in a Secret, too, in a ConfigMap. Put it into a Secret`,
          })),
      );
  },
};
