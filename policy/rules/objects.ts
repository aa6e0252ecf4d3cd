import type { ResourceView } from "../views.ts";

/** Kubernetes objects among the resources, as the rules read them. */

/** Fields of a container that rules read. */
export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

/** The pods that an object makes. */
export interface PodsView {
  readonly labels: Labels;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Init containers, then containers. */
  readonly containers: readonly ContainerView[];
}

/** Labels, or a selector. */
export type Labels = Readonly<Record<string, string>>;

interface Template {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec?: Readonly<Record<string, unknown>> & {
    readonly containers?: readonly ContainerView[];
    readonly initContainers?: readonly ContainerView[];
  };
}

/** Whether it is an object of this kind, of any API version. */
export function isKind({ type }: ResourceView, kind: string): boolean {
  return type.startsWith("kubernetes:") && type.endsWith(`:${kind}`);
}

/** Specification of an object. */
export function specOf<T>({ props }: ResourceView): T {
  return (props["spec"] ?? {}) as T;
}

/** Name and namespace in the cluster. */
export function metadataOf({ props }: ResourceView): {
  readonly name?: string;
  readonly namespace?: string;
} {
  return (props["metadata"] ?? {}) as { readonly name?: string; readonly namespace?: string };
}

/** The pods of an object that makes pods; undefined for any other. */
export function podsOf(resource: ResourceView): PodsView | undefined {
  if (!resource.type.startsWith("kubernetes:")) return undefined;
  const template = isKind(resource, "Pod")
    ? (resource.props as Template)
    : isKind(resource, "CronJob")
      ? specOf<{ readonly jobTemplate?: { readonly spec?: { readonly template?: Template } } }>(
          resource,
        ).jobTemplate?.spec?.template
      : specOf<{ readonly template?: Template }>(resource).template;
  const { spec } = template ?? {};
  if (spec?.containers === undefined) return undefined;
  return {
    labels: template?.metadata?.labels ?? {},
    spec,
    containers: [...(spec.initContainers ?? []), ...spec.containers],
  };
}

/** Whether a selector matches these labels. */
export function fits(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/**
 * Entries of a ConfigMap or a Secret. The Kubernetes provider turns a Secret's `stringData` into
 * `data` in base64.
 */
export function entriesOf(
  resource: ResourceView,
): readonly (readonly [key: string, text: string])[] {
  const { data, stringData } = resource.props as {
    readonly data?: Readonly<Record<string, unknown>>;
    readonly stringData?: Readonly<Record<string, unknown>>;
  };
  const isSecret = isKind(resource, "Secret");
  return [
    ...Object.entries(data ?? {}).map(([key, value]): readonly [string, string] => [
      key,
      isSecret ? Buffer.from(String(value), "base64").toString() : String(value),
    ]),
    ...Object.entries(stringData ?? {}).map(([key, value]): readonly [string, string] => [
      key,
      String(value),
    ]),
  ];
}

/** Variables of a container, from its own list and from the objects that it names. */
export function environmentOf(
  resources: readonly ResourceView[],
  { env = [], envFrom = [] }: ContainerView,
): ReadonlyMap<string, string> {
  const from = envFrom.flatMap(({ configMapRef, secretRef, prefix = "" }) => {
    const [kind, name] =
      configMapRef === undefined ? ["Secret", secretRef?.name] : ["ConfigMap", configMapRef.name];
    const object = resources.find((each) => isKind(each, kind) && metadataOf(each).name === name);
    return object === undefined
      ? []
      : entriesOf(object).map(([key, text]) => [`${prefix}${key}`, text] as const);
  });
  return new Map([...from, ...env.map(({ name, value }) => [name, value ?? ""] as const)]);
}

/** Every text in a value, with its path: ".spec.template". */
export function* textsOf(
  value: unknown,
  path = "",
): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* textsOf(inner, `${path}.${key}`);
}
