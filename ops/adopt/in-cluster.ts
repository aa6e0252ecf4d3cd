import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  type KubernetesObject,
} from "@kubernetes/client-node";
import { read, type Clouds } from "../recover/clouds.ts";
import type { Candidate } from "../recover/finder.ts";
import { busyOf, doubtOf } from "../recover/kubernetes-finder.ts";
import type { Properties } from "../recover/state.ts";
import { escaped } from "./planned.ts";

/** Objects of the cluster, read from its own API. */

/** An object that may match one of the plan. */
export interface LiveObject extends Candidate {
  /** The provider's field manager. Under another one it would leave old fields behind. */
  readonly fieldManager: string | undefined;
  readonly object: KubernetesObject;
}

/** Annotation of autonamed objects (pulumi-kubernetes `provider/pkg/metadata/naming.go`). */
export const AUTONAMED = "pulumi.com/autonamed";

/** The API of one cluster. */
export interface OpenCluster {
  readonly server: string;
  /** The authority's certificate, in base64. */
  readonly certificate: string;
  readonly objects: Pick<ClusterObjects, "answers" | "find" | "delete">;
}

/** Opens the cluster with this id, with the administrator's kubeconfig from DigitalOcean. */
export async function openCluster({ digitalocean }: Clouds, id: string): Promise<OpenCluster> {
  const answer: unknown = await read(digitalocean.kubernetes.clusters.byCluster_id(id).kubeconfig);
  const config = new KubeConfig();
  config.loadFromString(
    answer instanceof ArrayBuffer ? Buffer.from(answer).toString("utf8") : String(answer),
  );
  const { server, caData = "" } = config.getCurrentCluster() ?? {};
  if (server === undefined) throw new Error("The kubeconfig names no cluster.");
  return { server, certificate: caData, objects: new ClusterObjects(config) };
}

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Properties;
}

/** The objects of one cluster. Rejects as the official client does, with a `code`. */
export class ClusterObjects {
  readonly #objects: KubernetesObjectApi;
  readonly #core: CoreV1Api;
  readonly #lists = new Map<string, Promise<readonly KubernetesObject[]>>();

  constructor(config: KubeConfig) {
    this.#objects = KubernetesObjectApi.makeApiClient(config);
    this.#core = config.makeApiClient(CoreV1Api);
  }

  /** Sends a request that every administrator's credential may make. */
  async answers(): Promise<unknown> {
    return await this.#core.readNamespace({ name: "kube-system" });
  }

  /** Objects that match a planned one: by its name, or by the autoname made from it. */
  async find(resource: string, inputs: Properties): Promise<readonly LiveObject[]> {
    const { apiVersion = "", kind = "" } = inputs as Readonly<Record<string, string>>;
    const { name, namespace, labels } = inputs["metadata"] as Metadata;
    const within = namespace === undefined ? {} : { namespace };
    if (name !== undefined) {
      const header = { apiVersion, kind, metadata: { name, ...within } };
      const object: KubernetesObject = await this.#objects.read(header);
      return [{ ...liveObject(kind, object), ...doubtOf(object, labels) }];
    }
    const made = new RegExp(`^${escaped(resource)}-[0-9a-f]{8}$`, "u");
    return (await this.#list(apiVersion, kind, namespace))
      .filter(({ metadata }) => made.test(metadata?.name ?? ""))
      .filter(({ metadata }) => metadata?.annotations?.[AUTONAMED] === "true")
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map((object) => ({ ...liveObject(kind, object), ...doubtOf(object, labels) }));
  }

  /** Deletes an object and its dependents, such as a Job's pods. */
  async delete(apiVersion: string, kind: string, { object }: LiveObject): Promise<unknown> {
    const { name = "", namespace = "" } = object.metadata ?? {};
    const header = { apiVersion, kind, metadata: { name, namespace } };
    const none = undefined;
    return await this.#objects.delete(header, none, none, none, none, "Background");
  }

  #list(apiVersion: string, kind: string, namespace: string | undefined) {
    const key = [apiVersion, kind, namespace].join(" ");
    const list =
      this.#lists.get(key) ??
      this.#objects.list(apiVersion, kind, namespace).then(({ items }) => items);
    this.#lists.set(key, list);
    // A failed list is requested again.
    list.catch(() => this.#lists.delete(key));
    return list;
  }
}

/** @param kind of the object: an item of a list doesn't contain its own. */
function liveObject(kind: string, object: KubernetesObject): LiveObject {
  const { name = "", namespace, creationTimestamp, managedFields = [] } = object.metadata ?? {};
  const id = namespace === undefined ? name : `${namespace}/${name}`;
  const [last] = managedFields
    .filter(
      ({ manager, operation }) =>
        /^pulumi-kubernetes/u.test(manager ?? "") && operation === "Apply",
    )
    .toSorted((one, other) => Number(other.time ?? 0) - Number(one.time ?? 0));
  return {
    id,
    importId: id,
    name,
    since: creationTimestamp === undefined ? undefined : new Date(creationTimestamp).toISOString(),
    ...busyOf(kind, object),
    fieldManager: last?.manager,
    object,
  };
}
