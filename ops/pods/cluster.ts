import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  SchedulingV1Api,
  VersionApi,
} from "@kubernetes/client-node";

/** The cluster that a command uses. */
export interface Cluster {
  readonly config: KubeConfig;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly core: CoreV1Api;
  readonly scheduling: SchedulingV1Api;
}

const GET_ONE =
  "Get a kubeconfig with `doctl kubernetes cluster kubeconfig save <cluster>`, or say where one is: KUBECONFIG=<file>, --context <name>.";

/** Milliseconds in which the cluster's API must answer the first request. */
const PATIENCE_MS = 15_000;

/** Clients of a kubeconfig. Sends no request. */
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
 * Connects to the cluster of the kubeconfig in `KUBECONFIG`, or else `~/.kube/config`. It uses the
 * current context, unless `context` is set.
 * @throws Error with a message: no kubeconfig, no such context, or no answer.
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
  // The client's default if it finds no kubeconfig.
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

/** Returns the fault in the API's own words if it has some; never its headers or the request. */
export function reasonOf(error: unknown): string {
  const body = (error as { body?: unknown } | undefined)?.body;
  if (typeof body === "string")
    try {
      const { message } = JSON.parse(body) as { message?: unknown };
      if (typeof message === "string") return message;
    } catch {
      // Not an answer of the API, so the error's own message is used.
    }
  const told = error instanceof Error ? error : new Error(String(error));
  const inner = told.cause instanceof Error ? `: ${told.cause.message}` : "";
  return `${told.message.split("\n")[0]}${inner}`;
}
