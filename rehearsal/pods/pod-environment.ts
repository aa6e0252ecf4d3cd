import type { V1Container, V1EnvVar, V1Pod } from "@kubernetes/client-node";

/**
 * Reads a namespace's ConfigMaps and Secrets. Values are decoded; undefined if the object does not
 * exist.
 */
export interface ValueReader {
  configMap(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  secret(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Requests a token of a ServiceAccount, valid for some seconds (TokenRequest). */
  token?(account: string, seconds: number): Promise<string>;
  /** Address of the API server that pods get. If unset: none. */
  readonly apiServer?: URL;
}

/** The container of this name in a pod. @throws Error with the existing names. */
export function containerOf(pod: V1Pod, name: string): V1Container {
  const containers = pod.spec?.containers ?? [];
  const container = containers.find((candidate) => candidate.name === name);
  if (container === undefined)
    throw new Error(
      `Pod ${pod.metadata?.name ?? ""} has no container ${name}; it has ${containers.map((c) => c.name).join(", ")}.`,
    );
  return container;
}

/**
 * A container's final environment, built as the kubelet does. It applies `envFrom` in order, and
 * later ones win. Then it applies `env`, in which `$(NAME)` expands to earlier values
 * (kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go`, `makeEnvironmentVariables`).
 * @throws Error with the kubelet's message if a ConfigMap, Secret or key is missing; also for a
 * source that no pod of the stack uses.
 */
export async function environmentOf(
  container: V1Container,
  read: ValueReader,
): Promise<Readonly<Record<string, string>>> {
  const environment: Record<string, string> = serviceVariables(read.apiServer);
  for (const source of container.envFrom ?? []) {
    const prefix = source.prefix ?? "";
    const { configMapRef, secretRef } = source;
    const data =
      configMapRef !== undefined
        ? await found("configmap", configMapRef.name, configMapRef.optional, read.configMap)
        : await found("secret", secretRef?.name, secretRef?.optional, read.secret);
    for (const [key, value] of Object.entries(data)) environment[`${prefix}${key}`] = value;
  }
  for (const variable of container.env ?? [])
    environment[variable.name] = await valueOf(variable, environment, read);
  return environment;
}

/** The two variables that every pod gets, with any value of `enableServiceLinks`. */
function serviceVariables(apiServer: URL | undefined): Record<string, string> {
  return apiServer === undefined
    ? {}
    : {
        KUBERNETES_SERVICE_HOST: apiServer.hostname,
        KUBERNETES_SERVICE_PORT: apiServer.port || "443",
      };
}

async function valueOf(
  variable: V1EnvVar,
  before: Readonly<Record<string, string>>,
  read: ValueReader,
): Promise<string> {
  const { valueFrom } = variable;
  if (valueFrom === undefined) return expand(variable.value ?? "", before);
  const { configMapKeyRef, secretKeyRef } = valueFrom;
  const ref = configMapKeyRef ?? secretKeyRef;
  if (ref === undefined)
    throw new Error(
      `The rehearsal can't resolve the environment variable ${variable.name}: its source is none of configMapKeyRef and secretKeyRef.`,
    );
  const kind = configMapKeyRef === undefined ? "secret" : "configmap";
  const reader = configMapKeyRef === undefined ? read.secret : read.configMap;
  const data = await found(kind, ref.name, ref.optional, reader);
  const value = data[ref.key];
  if (value === undefined && ref.optional !== true)
    throw new Error(`couldn't find key ${ref.key} in ${kind} ${ref.name ?? ""}`);
  return value ?? "";
}

async function found(
  kind: "configmap" | "secret",
  name: string | undefined,
  optional: boolean | undefined,
  read: (name: string) => Promise<Readonly<Record<string, string>> | undefined>,
): Promise<Readonly<Record<string, string>>> {
  const data = await read(name ?? "");
  if (data === undefined && optional !== true) throw new Error(`${kind} "${name ?? ""}" not found`);
  return data ?? {};
}

/**
 * `$(NAME)` becomes its value if there is one and stays as it is if not; `$$(NAME)` is `$(NAME)`.
 */
function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/gu, (whole, name: string) =>
    whole === "$$" ? "$" : (values[name] ?? whole),
  );
}
