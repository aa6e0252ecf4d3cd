import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  SchedulingV1Api,
  VersionApi,
} from "@kubernetes/client-node";

/** The cluster that a command works on. */
export interface Cluster {
  readonly config: KubeConfig;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly core: CoreV1Api;
  readonly scheduling: SchedulingV1Api;
}

const GET_ONE =
  "Get a kubeconfig with `doctl kubernetes cluster kubeconfig save <cluster>`, or say where one is: KUBECONFIG=<file>, --context <name>.";

/** So long the cluster's API has to answer the first question, milliseconds. */
const PATIENCE_MS = 15_000;

/** The clients of a kubeconfig, without asking whether anybody answers. */
export function clusterOf(config: KubeConfig): Cluster {
  return {
    config,
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
    core: config.makeApiClient(CoreV1Api),
    scheduling: config.makeApiClient(SchedulingV1Api),
  };
}

/**
 * The cluster of the kubeconfig that `KUBECONFIG` names, else of `~/.kube/config`; its current
 * context unless another is asked for.
 * @throws Error, a sentence each: no kubeconfig, no such context, nobody answers.
 */
export async function connect(context: string | undefined): Promise<Cluster> {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new Error(`The kubeconfig can't be read: ${reasonOf(error)}. ${GET_ONE}`, {
      cause: error,
    });
  }
  const known = config.getContexts().map(({ name }) => name);
  if (context !== undefined && !known.includes(context))
    throw new Error(
      `There is no context "${context}" in the kubeconfig. There are: ${known.join(", ")}. ${GET_ONE}`,
    );
  if (context !== undefined) config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server;
  // What the client makes up where it finds nothing.
  if (server === undefined || server === "http://localhost:8080")
    throw new Error(`There is no kubeconfig with a current context. ${GET_ONE}`);
  await answers(config, server);
  return clusterOf(config);
}

async function answers(config: KubeConfig, server: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      config.makeApiClient(VersionApi).getCode(),
      new Promise((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`)),
          PATIENCE_MS,
        );
      }),
    ]);
  } catch (error) {
    throw new Error(
      `The cluster of the context "${config.getCurrentContext()}" (${server}) can't be asked: ${reasonOf(error)}. Is it the right one, is its API open to this address, and is the credential still good? ${GET_ONE}`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The fault, in the API's own words if it has some; never its headers or the request. */
export function reasonOf(error: unknown): string {
  const body = (error as { body?: unknown } | undefined)?.body;
  if (typeof body === "string")
    try {
      const { message } = JSON.parse(body) as { message?: unknown };
      if (typeof message === "string") return message;
    } catch {
      // Not the API's own answer: what stands in the error is all there is.
    }
  const told = error instanceof Error ? error : new Error(String(error));
  const inner = told.cause instanceof Error ? `: ${told.cause.message}` : "";
  return `${told.message.split("\n")[0]}${inner}`;
}
