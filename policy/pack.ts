import {
  PolicyPack,
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { RESOURCE_RULES, STACK_RULES } from "./rules/all.ts";
import type { ResourceView } from "./views.ts";

/**
 * The rules over a plan as a policy pack, which the engine runs at each preview and update:
 * `--policy-pack policy`. The rules over steps are not in it: the engine tells a pack neither the
 * operation nor what was there before.
 */

/**
 * Property by which the SDK's proxy gives the object behind it (@pulumi/policy 1.21.0 `proxy.js`,
 * `getSpecialProxyTarget`). The proxy throws at every unknown value, and then the SDK counts the
 * rule as passed in this preview. An unknown value is a text like any other to the rules.
 */
const BEHIND_THE_PROXY = "__getSpecialProxyTarget";

function propsOf(props: Readonly<Record<string, unknown>>): ResourceView["props"] {
  return (props[BEHIND_THE_PROXY] ?? props) as ResourceView["props"];
}

function resourceOf({ type, name, urn, props }: ResourceValidationArgs): ResourceView {
  return { type, name, urn, props: propsOf(props), dependencies: {} };
}

function memberOf({ type, name, urn, props, propertyDependencies }: PolicyResource): ResourceView {
  return {
    type,
    name,
    urn,
    props: propsOf(props),
    dependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, on]) => [key, on.map((each) => each.urn)]),
    ),
  };
}

/** Rules over one resource. */
export const RESOURCE_POLICIES: readonly ResourceValidationPolicy[] = RESOURCE_RULES.map(
  ({ name, level, says, check }) => ({
    name,
    description: says,
    enforcementLevel: level,
    validateResource: (args, report) => {
      for (const message of check(resourceOf(args))) report(`${message}.`);
    },
  }),
);

/** Rules over all resources. */
export const STACK_POLICIES: readonly StackValidationPolicy[] = STACK_RULES.map(
  ({ name, level, says, check }) => ({
    name,
    description: says,
    enforcementLevel: level,
    validateStack: ({ resources }, report) => {
      for (const { urn, message } of check(resources.map(memberOf))) report(`${message}.`, urn);
    },
  }),
);

/** Serves the pack to the engine. A process can serve one. */
export function servePack(): PolicyPack {
  return new PolicyPack("mastodon", { policies: [...RESOURCE_POLICIES, ...STACK_POLICIES] });
}
