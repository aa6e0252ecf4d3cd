import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";

/** Programs that break one rule each, for the engine to stop. */

/** One resource of the program with one input changed. */
export interface Break {
  /** Name of the rule that must stop it. */
  readonly rule: string;
  /** Logical name of the resource. */
  readonly resource: string;
  /** Path of the input: "spec.template.spec.hostNetwork". */
  readonly path: string;
  readonly change: (value: unknown) => unknown;
}

const CONTAINER = "spec.template.spec.containers.0";

/** One break for each mandatory rule of the pack. */
export const BREAKS: readonly Break[] = [
  {
    rule: "verify-full",
    resource: "environment-rails",
    path: "data.DB_SSLMODE",
    change: () => "require",
  },
  {
    rule: "no-secret-in-the-clear",
    resource: "environment-rails",
    path: "data.OIDC_CLIENT_SECRET",
    change: () => "a-secret-in-a-config-map",
  },
  {
    rule: "restricted-pods",
    resource: "web",
    path: `${CONTAINER}.securityContext.readOnlyRootFilesystem`,
    change: () => false,
  },
  {
    rule: "verify-full-everywhere",
    resource: "environment-rails",
    path: "data.DB_SSLMODE",
    change: () => undefined,
  },
  {
    rule: "no-copied-secret",
    resource: "environment-rails",
    path: "data.SITE_TITLE",
    change: () => new pulumi.Config("mastodon").requireSecret("secretKeyBase"),
  },
  {
    rule: "database-firewalls",
    resource: "postgres-firewall",
    path: "rules",
    change: () => [{ type: "ip_addr", value: "0.0.0.0/0" }],
  },
  {
    rule: "one-owner-per-queue",
    resource: "sidekiq-scheduler",
    path: "spec.replicas",
    change: () => 2,
  },
  {
    rule: "services-lead-to-pods",
    resource: "web-service",
    path: "spec.selector",
    change: () => ({ "app.kubernetes.io/name": "nobody" }),
  },
  {
    rule: "limits-of-plans",
    resource: "edge-firewall",
    path: "rules",
    change: (rules) => Array.from({ length: 6 }, () => (rules as readonly unknown[])[0]),
  },
];

/** The program with some resources changed. */
export function broken(program: PulumiFn, breaks: readonly Break[]): PulumiFn {
  return async () => {
    pulumi.runtime.registerStackTransformation(({ name, type, props, opts }) => {
      const mine = breaks.filter((each) => each.resource === name);
      // A component and the resource in it may have one name.
      if (mine.length === 0 || type.startsWith("mastodon:")) return undefined;
      return {
        opts,
        props: mine.reduce<pulumi.Inputs>((before, { path, change }) => {
          const [key = "", ...rest] = path.split(".");
          return {
            ...before,
            [key]: pulumi.output(before[key]).apply((value) => at(value, rest, change)),
          };
        }, props as pulumi.Inputs),
      };
    });
    return await program();
  };
}

/** A value with the part at a path changed. */
function at(
  value: unknown,
  [key, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((inner: unknown, index) =>
      index === Number(key) ? at(inner, rest, change) : inner,
    );
  const record = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { ...record, [key]: at(record[key], rest, change) };
}
