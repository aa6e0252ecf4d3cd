import { autonamed, SECRET_MARK } from "../../plan/answers.ts";
import type { Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { Secret } from "../../plan/values.ts";
import type { ContainerView as RuledContainer } from "../../policy/rules/objects.ts";

/**
 * Views of a plan for these tests. All functions throw instead of returning nothing, because an
 * empty list passes every "for all".
 */

/** Fields of a container that the tests read, besides those that the rules read. */
export interface ContainerView extends RuledContainer {
  readonly command?: readonly string[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** A pod template with the object that creates its pods. */
export interface PodView {
  readonly owner: PlannedResource;
  /** Name in the plan, such as `web`. */
  readonly name: string;
  readonly kind: (typeof OWNERS)[keyof typeof OWNERS];
  readonly spec: Readonly<Record<string, unknown>>;
  /** Init containers, then containers. */
  readonly containers: readonly ContainerView[];
}

/** A pod template. */
export interface TemplateView {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly containers: readonly ContainerView[];
    readonly initContainers?: readonly ContainerView[];
  };
}

interface Templated {
  readonly spec: { readonly template: TemplateView };
}

const OWNERS = {
  "kubernetes:apps/v1:Deployment": "Deployment",
  "kubernetes:batch/v1:Job": "Job",
  "kubernetes:batch/v1:CronJob": "CronJob",
} as const;

/** Every resource of a type. */
export function ofType(plan: Plan, type: string): readonly PlannedResource[] {
  const found = plan.resources.filter((resource) => resource.type === type);
  if (found.length === 0) throw new Error(`The plan holds no resource of type ${type}.`);
  return found;
}

/** The one resource with this name and type. */
export function theResource(plan: Plan, type: string, name: string): PlannedResource {
  const found = ofType(plan, type).find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`The plan holds no ${type} with the name ${name}.`);
  return found;
}

/** Pod template of an object that creates pods. */
export function templateOf({ type, inputs }: PlannedResource): TemplateView {
  return type === "kubernetes:batch/v1:CronJob"
    ? (inputs as unknown as { spec: { jobTemplate: Templated } }).spec.jobTemplate.spec.template
    : (inputs as unknown as Templated).spec.template;
}

/** Every pod template of the plan. A server without upkeep has no CronJob. */
export function podsOf(plan: Plan): readonly PodView[] {
  ofType(plan, "kubernetes:apps/v1:Deployment");
  return Object.entries(OWNERS).flatMap(([type, kind]) =>
    plan.resources
      .filter((resource) => resource.type === type)
      .map((owner) => {
        const { spec } = templateOf(owner);
        return {
          owner,
          name: owner.name,
          kind,
          spec,
          containers: [...(spec.initContainers ?? []), ...spec.containers],
        };
      }),
  );
}

/** Whole environment of a container, secrets as `Secret`. */
export function environmentOf(plan: Plan, container: ContainerView): Map<string, unknown> {
  const environment = new Map<string, unknown>();
  for (const { configMapRef, secretRef, prefix = "" } of container.envFrom ?? []) {
    const data =
      configMapRef === undefined
        ? dataOf(plan, "kubernetes:core/v1:Secret", secretRef?.name, "stringData")
        : dataOf(plan, "kubernetes:core/v1:ConfigMap", configMapRef.name, "data");
    for (const [name, value] of data) environment.set(`${prefix}${name}`, value);
  }
  for (const { name, value } of container.env ?? []) environment.set(name, value);
  return environment;
}

function dataOf(
  plan: Plan,
  type: string,
  name: string | undefined,
  key: string,
): readonly (readonly [string, unknown])[] {
  const object = ofType(plan, type).find(
    (resource) =>
      ((resource.inputs["metadata"] as { name?: string }).name ?? autonamed(resource.name)) ===
      name,
  );
  if (object === undefined) throw new Error(`Nothing of type ${type} is called ${name}.`);
  const data = object.inputs[key];
  // The SDK makes the whole object secret as soon as one value in it is.
  return data instanceof Secret
    ? Object.entries(data.reveal() as object).map(([entry, value]) => [entry, new Secret(value)])
    : Object.entries(data as object);
}

/** Every string in a value with its path, without secret ones by default. */
export function* textsOf(
  value: unknown,
  options: { readonly secrets?: boolean } = {},
  path = "",
): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (value instanceof Secret) {
    if (options.secrets === true) yield* textsOf(value.reveal(), options, path);
  } else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      yield { path: `${path}.${key} (name)`, text: key };
      yield* textsOf(inner, options, `${path}.${key}`);
    }
}

/**
 * Whether a text contains a secret's placeholder, also inside base64, as in the connectors' token.
 */
export function holdsMark(text: string): boolean {
  return [
    text,
    ...(text.match(/[A-Za-z0-9+/]{16,}={0,2}/gu) ?? []).map((run) =>
      Buffer.from(run, "base64").toString(),
    ),
  ].some((each) => each.includes(SECRET_MARK));
}

/** URNs that precede a resource: its dependencies, its provider, its parents, and theirs. */
export function comesBefore(plan: Plan, resource: PlannedResource): ReadonlySet<string> {
  const byUrn = new Map(plan.resources.map((each) => [each.urn, each]));
  const before = new Set<string>();
  const visit = (each: PlannedResource | undefined): void => {
    if (each === undefined) return;
    // A provider reference has the form `urn::id`.
    const provider = each.provider.split("::").slice(0, -1).join("::");
    for (const urn of [...each.dependencies, provider, each.parent])
      if (urn !== "" && !before.has(urn)) {
        before.add(urn);
        visit(byUrn.get(urn));
      }
  };
  visit(resource);
  return before;
}

/** URNs on which a resource's values depend, directly and indirectly. */
export function madeOf(plan: Plan, resource: PlannedResource): ReadonlySet<string> {
  const byUrn = new Map(plan.resources.map((each) => [each.urn, each]));
  const sources = new Set<string>();
  const visit = (each: PlannedResource | undefined): void => {
    for (const urns of each?.propertyDependencies.values() ?? [])
      for (const urn of urns)
        if (!sources.has(urn)) {
          sources.add(urn);
          visit(byUrn.get(urn));
        }
  };
  visit(resource);
  return sources;
}
