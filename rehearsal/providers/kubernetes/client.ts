import {
  ApiException,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  Watch,
  type KubernetesObject,
} from "@kubernetes/client-node";
import { parse } from "yaml";

/** A live object. */
export type LiveObject = KubernetesObject & {
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
};

/** Names an object. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for kinds without a namespace. */
  readonly namespace: string;
}

/** What the kubeconfig's exec plugin would print. */
export type CredentialsFor = (clusterId: string) => { readonly adminToken: string };

/** The API can't be reached at all: the cluster is gone, or its credentials are. */
export class Unreachable extends Error {}

/** The parts of a kubeconfig that the provider's own decisions hang on. */
export function clusterOf(kubeconfig: string): { readonly server: string } {
  const parsed = parse(kubeconfig) as {
    readonly clusters?: readonly { readonly cluster: { readonly server: string } }[];
  };
  const server = parsed.clusters?.[0]?.cluster.server;
  if (server === undefined) throw new Error("The provider's kubeconfig names no cluster.");
  return { server };
}

/** Talks to one API server. */
export class Client {
  readonly #objects: KubernetesObjectApi;
  readonly #watch: Watch;
  readonly server: string;

  private constructor(config: KubeConfig, server: string) {
    this.#objects = KubernetesObjectApi.makeApiClient(config);
    this.#watch = new Watch(config);
    this.server = server;
  }

  /**
   * From the stack's kubeconfig. Its exec plugin must be doctl's; what doctl would print comes from `credentialsFor`.
   * @throws Unreachable where the cloud knows no such cluster.
   */
  static from(kubeconfig: string, credentialsFor: CredentialsFor): Client {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    const cluster = config.getCurrentCluster();
    const exec = config.getCurrentUser()?.exec as
      { readonly command?: string; readonly args?: readonly string[] } | undefined;
    const clusterId = exec?.args?.at(-1);
    if (cluster === null || exec?.command !== "doctl" || clusterId === undefined)
      throw new Error(
        "The provider's kubeconfig must name one cluster and get its credential from doctl (`doctl kubernetes cluster kubeconfig exec-credential … <cluster id>`).",
      );
    let token: string;
    try {
      token = credentialsFor(clusterId).adminToken;
    } catch (error) {
      throw new Unreachable(error instanceof Error ? error.message : String(error));
    }
    const withToken = new KubeConfig();
    withToken.loadFromClusterAndUser(cluster, { name: "doctl", token });
    return new Client(withToken, cluster.server);
  }

  async get(ref: ObjectRef): Promise<LiveObject | undefined> {
    try {
      return await this.#call(() => this.#objects.read<LiveObject>(headerOf(ref)));
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** Server-side apply. `dryRun` asks the server, changes nothing. */
  async apply(
    object: KubernetesObject,
    options: { readonly manager: string; readonly dryRun: boolean; readonly force: boolean },
  ): Promise<LiveObject> {
    return await this.#call(() =>
      this.#objects.patch(
        object,
        undefined,
        options.dryRun ? "All" : undefined,
        options.manager,
        options.force,
        PatchStrategy.ServerSideApply,
      ),
    );
  }

  /** Asks for the deletion; an object that is gone is no error. */
  async delete(ref: ObjectRef): Promise<void> {
    try {
      await this.#call(() =>
        this.#objects.delete(
          headerOf(ref),
          undefined,
          undefined,
          undefined,
          undefined,
          // Its pods first: a Job or Deployment that is gone while its pods still work is not gone.
          "Foreground",
        ),
      );
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }

  /** All objects of a kind in a namespace that carry the labels. */
  async list(
    apiVersion: string,
    kind: string,
    namespace: string,
    labelSelector: string,
  ): Promise<readonly LiveObject[]> {
    const list = await this.#call(() =>
      this.#objects.list<LiveObject>(
        apiVersion,
        kind,
        namespace,
        undefined,
        undefined,
        undefined,
        undefined,
        labelSelector,
      ),
    );
    return list.items;
  }

  /** Calls back at each change under an API path, until the answered function is called. */
  async watch(
    path: string,
    selector: { readonly fieldSelector?: string; readonly labelSelector?: string },
    changed: () => void,
  ): Promise<() => void> {
    // The end of a watch is a change too: whoever waits looks again, and finds out why.
    const controller = await this.#watch.watch(path, selector, changed, changed);
    return () => controller.abort();
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ApiException) throw new ApiError(error);
      throw new Unreachable(
        `configured Kubernetes cluster is unreachable: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
}

/** The API server's refusal, in its own words and nothing else: the exception's text would carry the whole answer. */
export class ApiError extends Error {
  readonly code: number;
  constructor(exception: ApiException<unknown>) {
    const body = typeof exception.body === "string" ? tryJson(exception.body) : exception.body;
    const message = (body as { readonly message?: string } | undefined)?.message;
    super(message ?? `the API server answered ${exception.code}`);
    this.code = exception.code;
  }
}

/** Whether the API server answered with this status. */
export function isStatus(error: unknown, code: number): boolean {
  return error instanceof ApiError && error.code === code;
}

function headerOf(ref: ObjectRef): KubernetesObject & {
  metadata: { name: string; namespace: string };
} {
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace },
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
