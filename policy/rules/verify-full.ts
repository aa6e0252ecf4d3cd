import { entriesOf, environmentOf, isKind, podsOf, textsOf } from "./objects.ts";
import type { ResourceRule, StackRule } from "./rule.ts";

/**
 * `verify-full` is the one value that checks the certificate's chain and its host alike in libpq
 * and in node-postgres: docs/decisions/0002-verify-full.md.
 */
const VERIFIED = "verify-full";

/** Texts that turn the check off, in any place: `no-verify`, and Node's and libpq's settings. */
const UNVERIFIED = /no-verify|REJECT_UNAUTHORIZED|sslmode=(?!verify-full)/iu;

/** No object asks for less. */
export const verifyFull: ResourceRule = {
  name: "verify-full",
  level: "mandatory",
  says: "A connection to Postgres checks the server's certificate and its host: every `…SSLMODE` is `verify-full`, and no text turns the check off.",
  check: (resource) => {
    const isData = isKind(resource, "ConfigMap") || isKind(resource, "Secret");
    const variables = [
      ...(isData ? entriesOf(resource).map(([key, text]) => ({ key, text, where: "" })) : []),
      ...(podsOf(resource)?.containers ?? []).flatMap(({ name, env = [] }) =>
        env.map(({ name: key, value = "" }) => ({ key, text: value, where: `${name}: ` })),
      ),
    ];
    return [
      ...variables
        .filter(({ key, text }) => /SSLMODE$/u.test(key) && text !== VERIFIED)
        .map(({ key, where }) => `${where}${key} is not ${VERIFIED}`),
      ...variables
        .filter(({ key, text }) => UNVERIFIED.test(key) || UNVERIFIED.test(text))
        .map(({ key, where }) => `${where}${key} turns the check of the certificate off`),
      // A Secret's texts are in base64 and are read above.
      ...(isData
        ? []
        : [...textsOf(resource.props)]
            .filter(({ path, text }) => !/\.env\.\d+\./u.test(path) && UNVERIFIED.test(text))
            .map(({ path }) => `${path.slice(1)} turns the check of the certificate off`)),
    ];
  },
};

/** Variables that name a database's host, each with the one that must stand beside it. */
const BESIDE = [
  ["DB_HOST", "DB_SSLMODE"],
  ["PGHOST", "PGSSLMODE"],
] as const;

/** Every process that connects states the check: without it libpq takes any server. */
export const verifyFullEverywhere: StackRule = {
  name: "verify-full-everywhere",
  level: "mandatory",
  says: "Every process with a database's host has `verify-full` beside it: without it libpq takes any server.",
  check: (resources) =>
    resources.flatMap((resource) =>
      (podsOf(resource)?.containers ?? []).flatMap((container) => {
        const environment = environmentOf(resources, container);
        return BESIDE.filter(
          ([host, mode]) => environment.has(host) && environment.get(mode) !== VERIFIED,
        ).map(([, mode]) => ({
          urn: resource.urn,
          message: `${container.name}: ${mode} is not ${VERIFIED}`,
        }));
      }),
    ),
};
