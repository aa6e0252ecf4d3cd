import { KubeConfig, PatchStrategy, Watch, type KubernetesObject } from "@kubernetes/client-node";
import { Agent, request } from "node:https";
import { parse } from "yaml";
import { pathOf } from "./kinds.ts";
import type { ObjectRef } from "./object-ref.ts";

/** A live object. */
export type LiveObject = KubernetesObject & {
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
};

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

/**
 * Talks to one API server in plain JSON. Not through the client's typed objects: their serializer knows fields by names of its own
 * (`_from` for `from`) and drops the others without a word, and a NetworkPolicy rule that lost its `from` lets everybody in.
 */
export class Client {
  readonly #watch: Watch;
  readonly #agent: Agent;
  readonly #token: string;
  readonly server: string;

  private constructor(config: KubeConfig, server: string, token: string, ca: string) {
    this.#watch = new Watch(config);
    this.#agent = new Agent({ ca, keepAlive: true });
    this.#token = token;
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
    const ca = Buffer.from(cluster.caData ?? "", "base64").toString("utf8");
    return new Client(withToken, cluster.server, token, ca);
  }

  async get(ref: ObjectRef): Promise<LiveObject | undefined> {
    try {
      return await this.#request<LiveObject>("GET", `${pathOf(ref)}/${ref.name}`);
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
    const ref = refOf(object);
    const query = new URLSearchParams({
      fieldManager: options.manager,
      force: String(options.force),
      // The stack's own mistakes are to be heard of: a field that the server doesn't know is an error, not a warning.
      fieldValidation: "Strict",
      ...(options.dryRun ? { dryRun: "All" } : {}),
    });
    return await this.#request<LiveObject>("PATCH", `${pathOf(ref)}/${ref.name}?${query}`, {
      type: PatchStrategy.ServerSideApply,
      body: object,
    });
  }

  /** Asks for the deletion; an object that is gone is no error. */
  async delete(ref: ObjectRef): Promise<void> {
    try {
      // Its pods first: a Job or Deployment that is gone while its pods still work is not gone.
      const query = new URLSearchParams({ propagationPolicy: "Foreground" });
      await this.#request("DELETE", `${pathOf(ref)}/${ref.name}?${query}`);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }

  /** All objects under a list's path that carry the labels. */
  async list(path: string, labelSelector: string): Promise<readonly LiveObject[]> {
    const query = new URLSearchParams({ labelSelector });
    const { items } = await this.#request<{ readonly items: readonly LiveObject[] }>(
      "GET",
      `${path}?${query}`,
    );
    return items;
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

  async #request<T>(
    method: "GET" | "PATCH" | "DELETE",
    path: string,
    content?: { readonly type: string; readonly body: unknown },
  ): Promise<T> {
    const { status, text } = await new Promise<{ readonly status: number; readonly text: string }>(
      (resolve, reject) => {
        const outgoing = request(
          `${this.server}${path}`,
          {
            method,
            agent: this.#agent,
            headers: {
              authorization: `Bearer ${this.#token}`,
              accept: "application/json",
              ...(content === undefined ? {} : { "content-type": content.type }),
            },
          },
          (incoming) => {
            let received = "";
            incoming.setEncoding("utf8");
            incoming.on("data", (chunk: string) => (received += chunk));
            incoming.once("error", reject);
            incoming.once("end", () =>
              resolve({ status: incoming.statusCode ?? 0, text: received }),
            );
          },
        );
        outgoing.once("error", reject);
        outgoing.end(content === undefined ? undefined : JSON.stringify(content.body));
      },
    ).catch((error: unknown) => {
      throw new Unreachable(
        `configured Kubernetes cluster is unreachable: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    });
    if (status >= 400) throw new ApiError(status, text);
    return JSON.parse(text) as T;
  }
}

/** The API server's refusal, in its own words and nothing else. */
export class ApiError extends Error {
  readonly code: number;
  constructor(code: number, answer: string) {
    const { message } = (tryJson(answer) ?? {}) as { readonly message?: string };
    super(message ?? `the API server answered ${code}`);
    this.code = code;
  }
}

/** Whether the API server answered with this status. */
export function isStatus(error: unknown, code: number): boolean {
  return error instanceof ApiError && error.code === code;
}

/** What an object is called. */
export function refOf(object: KubernetesObject): ObjectRef {
  return {
    apiVersion: object.apiVersion ?? "",
    kind: object.kind ?? "",
    name: object.metadata?.name ?? "",
    namespace: object.metadata?.namespace ?? "",
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
