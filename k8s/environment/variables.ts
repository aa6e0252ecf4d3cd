import type * as pulumi from "@pulumi/pulumi";

/**
 * Variables that a subject (rows, databases, media …) adds to the environment of Mastodon's
 * processes. Each subject is a function in a file of its own, from the configuration to this.
 * `k8s/environment/environment.ts` decides which process reads which subject.
 */

/** Values by the names that Mastodon reads. */
type Values = Readonly<Record<string, pulumi.Input<string>>>;

/** The variables of a subject. */
export interface Variables {
  /** Values that anybody may read, for a ConfigMap. */
  readonly plain: Values;
  /**
   * Values that only the process may read, for a Secret. The official chart has
   * `OIDC_CLIENT_SECRET` and `LDAP_PASSWORD` among the plain ones.
   */
  readonly secret: Values;
}

/**
 * Several subjects as one.
 * @throws Error when two set one name: which of them the process would find depends on their order.
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

/** Of these values those that are there. */
export function given(
  values: Readonly<Record<string, pulumi.Input<string> | undefined>>,
): Variables["plain"] {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * "true" for each that is on; Mastodon takes any other text for off, so what is off is left out.
 */
export function yes(flags: Readonly<Record<string, boolean>>): Readonly<Record<string, "true">> {
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, on]) => (on ? [[name, "true" as const]] : [])),
  );
}
