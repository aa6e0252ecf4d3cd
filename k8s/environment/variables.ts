import type * as pulumi from "@pulumi/pulumi";

/**
 * Variables that a subject (rows, databases, media …) adds to the environment of Mastodon's
 * processes. Each subject is a function in its own file, from the configuration to these variables.
 * `k8s/environment/environment.ts` decides which process reads which subject.
 */

/** Values by Mastodon's names of the variables. */
type Values = Readonly<Record<string, pulumi.Input<string>>>;

/** The variables of a subject. */
export interface Variables {
  /** Public values, for a ConfigMap. */
  readonly plain: Values;
  /**
   * Values that only the process may read, for a Secret. The official chart has
   * `OIDC_CLIENT_SECRET` and `LDAP_PASSWORD` among the plain ones.
   */
  readonly secret: Values;
}

/**
 * Merges several subjects.
 * @throws Error if two set one name, because their order would decide the value.
 */
export function together(subjects: readonly Variables[]): Variables {
  const names = subjects.flatMap(({ plain, secret }) => [plain, secret].flatMap(Object.keys));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new Error(`Two subjects of k8s/environment set ${twice}: it belongs to one of them.`);
  return {
    plain: Object.assign({}, ...subjects.map(({ plain }) => plain)) as Values,
    secret: Object.assign({}, ...subjects.map(({ secret }) => secret)) as Values,
  };
}

/** Returns only the defined values. */
export function given(
  values: Readonly<Record<string, pulumi.Input<string> | undefined>>,
): Variables["plain"] {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * "true" for each flag that is on. Mastodon treats any other text as off, so a flag that is off is
 * omitted.
 */
export function yes(flags: Readonly<Record<string, boolean>>): Readonly<Record<string, "true">> {
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, on]) => (on ? [[name, "true" as const]] : [])),
  );
}
