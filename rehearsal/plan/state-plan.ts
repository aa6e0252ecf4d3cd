import type { StackPlan } from "../../ops/adopt/planned.ts";
import { secretInState, type Properties } from "../../ops/recover/state.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { valuesOf } from "../../input/stack-text.ts";
import { sdkVersion } from "../engine/sdk-version.ts";
import { Secret } from "../../plan/values.ts";
import { autonamed } from "../../plan/answers.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";

const STACK = "pulumi:pulumi:Stack";

/**
 * The plan in memory of a stack in the form of its state, for `npm run state -- adopt`. The SDK's
 * mocks put only the nearest component into a resource's URN; this adds all.
 */
export async function stackPlan(stack: string, text: string): Promise<StackPlan> {
  return stackPlanOf(
    stack,
    await planStack(valuesOf(stackTextOf(text, `Pulumi.${stack}.yaml`).texts), { exists: true }),
  );
}

/** The same for an existing plan. */
export function stackPlanOf(stack: string, { resources, outputs }: Plan): StackPlan {
  const qualified = new Map<string, string>();
  for (const { urn, parent, type } of resources) {
    const above = qualified.get(parent);
    qualified.set(urn, above === undefined || above === STACK ? type : `${above}$${type}`);
  }
  const urnIn = (urn: string): string =>
    urn === "" ? "" : `urn:pulumi:${stack}::mastodon::${qualified.get(urn)}::${nameIn(urn)}`;
  const providerIn = (reference: string): string => {
    const cut = reference.lastIndexOf("::");
    return cut < 0 ? "" : `${urnIn(reference.slice(0, cut))}${reference.slice(cut)}`;
  };
  return {
    outputs,
    resources: resources.map(({ type, name, custom, urn, parent, provider, protect, inputs }) => ({
      type,
      name,
      custom,
      urn: urnIn(urn),
      parent: urnIn(parent),
      provider: providerIn(provider),
      protect,
      inputs: inState(inputs) as Properties,
      idMark: `id-of-${name}`,
      uuidMark: `uuid-of-${name}`,
      nameMark: type.startsWith("kubernetes:") ? autonamed(name) : `${name}-0a1b2c3`,
    })),
    versions: Object.fromEntries(
      ["cloudflare", "digitalocean", "kubernetes"].map((name) => [name, sdkVersion(name)]),
    ),
  };
}

/** A value in the form of the state. The import encrypts the plain text of a secret. */
function inState(value: unknown): unknown {
  if (value instanceof Secret) return secretInState(value.reveal());
  if (Array.isArray(value)) return value.map(inState);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inState(inner)]));
}

const nameIn = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
