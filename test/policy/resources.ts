import { autonamed } from "../../plan/answers.ts";
import type { Plan } from "../../plan/plan-stack.ts";
import { reveal, UNKNOWN } from "../../plan/values.ts";
import { RESOURCE_RULES, STACK_RULES } from "../../policy/rules/all.ts";
import type { ResourceRule, StackRule } from "../../policy/rules/rule.ts";
import type { ResourceView } from "../../policy/views.ts";

/** A plan as the engine shows it to a policy: names are made, secrets are in the clear. */
export function resourcesOf({ resources }: Plan): readonly ResourceView[] {
  return resources.map(({ type, name, urn, inputs, propertyDependencies }) => {
    const props = known(reveal(inputs)) as Readonly<Record<string, unknown>>;
    const metadata = props["metadata"] as Readonly<Record<string, unknown>> | undefined;
    return {
      type,
      name,
      urn,
      dependencies: Object.fromEntries(propertyDependencies),
      props: type.startsWith("kubernetes:")
        ? { ...props, metadata: { name: autonamed(name), ...metadata } }
        : props,
    };
  });
}

/** A value in the engine's form: an unknown one is a text that marks it. */
function known(value: unknown): unknown {
  if (value === UNKNOWN) return "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  if (Array.isArray(value)) return value.map(known);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
}

/** Faults that rules find in a plan, each as `name: message`. */
export function faultsOf(
  plan: Plan,
  {
    resource = [],
    stack = [],
  }: { readonly resource?: readonly ResourceRule[]; readonly stack?: readonly StackRule[] },
): readonly string[] {
  const resources = resourcesOf(plan);
  const names = new Map(resources.map(({ urn, name }) => [urn, name]));
  return [
    ...resource.flatMap(({ check }) =>
      resources.flatMap((each) => check(each).map((message) => `${each.name}: ${message}`)),
    ),
    ...stack.flatMap(({ check }) =>
      check(resources).map(({ urn, message }) =>
        urn === undefined ? message : `${names.get(urn)}: ${message}`,
      ),
    ),
  ];
}

/** Faults that the mandatory rules find in a plan. */
export function mandatoryFaults(plan: Plan): readonly string[] {
  const isMandatory = ({ level }: { readonly level: string }) => level === "mandatory";
  return faultsOf(plan, {
    resource: RESOURCE_RULES.filter(isMandatory),
    stack: STACK_RULES.filter(isMandatory),
  });
}
