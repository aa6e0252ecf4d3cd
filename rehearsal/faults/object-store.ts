import { randomUUID } from "node:crypto";
import type { RunningCluster } from "../clouds/backends.ts";
import { FakeClusters } from "../clouds/fake-backends.ts";
import type { Properties } from "../providers/provider.ts";

/** An object of Kubernetes: its place, and its content with secrets marked. */
export interface StoredObject {
  /** `apps/v1/Deployment`. */
  readonly kind: string;
  /** Undefined for what stands in no namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  /** When it was made, in whole seconds, as the API writes it. */
  readonly since: string;
  /** Never changed in place: another content is another object. */
  readonly content: Properties;
}

/** Namespaces that each cluster has from its first day. */
const BORN_WITH = ["default", "kube-system"];

/** Objects of one cluster by their place. They are stored, and nothing happens to them. */
export class ObjectStore {
  readonly #objects: Map<string, StoredObject>;

  constructor(objects: Iterable<readonly [string, StoredObject]> = []) {
    this.#objects = new Map(objects);
  }

  get(kind: string, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#objects.get(placeOf({ kind, namespace, name }));
  }

  /** @throws in the API server's words where the name is taken, or its namespace is not there. */
  add(object: Omit<StoredObject, "uid" | "since">): StoredObject {
    const { kind, namespace, name } = object;
    if (this.#objects.has(placeOf(object)))
      throw new Error(`${pluralOf(kind)} "${name}" already exists`);
    if (namespace !== undefined && !this.#hasNamespace(namespace))
      throw new Error(`namespaces "${namespace}" not found`);
    const since = `${new Date().toISOString().slice(0, 19)}Z`;
    const added = { ...object, uid: randomUUID(), since };
    this.#objects.set(placeOf(object), added);
    return added;
  }

  /** Gives an object another content. */
  change(object: StoredObject, content: Properties): void {
    this.#objects.set(placeOf(object), { ...object, content });
  }

  /** Takes an object away; a namespace goes with all that stands in it. */
  remove({ kind, namespace, name }: Pick<StoredObject, "kind" | "namespace" | "name">): void {
    this.#objects.delete(placeOf({ kind, namespace, name }));
    if (kind !== "v1/Namespace") return;
    for (const [place, object] of this.#objects)
      if (object.namespace === name) this.#objects.delete(place);
  }

  all(): readonly StoredObject[] {
    return [...this.#objects.values()];
  }

  /** Another store with the same objects. */
  copy(): ObjectStore {
    return new ObjectStore(this.#objects);
  }

  #hasNamespace(name: string): boolean {
    return BORN_WITH.includes(name) || this.get("v1/Namespace", undefined, name) !== undefined;
  }
}

/** The ways to the API of a cluster. */
export interface Ways {
  /** Its address, and the authority of its certificate. */
  readonly to: (clusterId: string) => Pick<RunningCluster, "endpoint" | "caCertificate">;
  /** Leaves an administrator's token where the kubeconfig's program finds it. */
  readonly admit: (clusterId: string, token: string) => Promise<void>;
}

/** Clusters whose API is a store of objects: nothing in them runs. */
export class StoredClusters extends FakeClusters {
  /** Whether their API does not answer. */
  away = false;
  readonly #ways: Ways | undefined;
  #stores = new Map<string, ObjectStore>();

  /** @param ways the ways to their API; without them only the provider reaches it. */
  constructor(ways?: Ways) {
    super();
    this.#ways = ways;
  }

  override async create(id: string) {
    this.#stores.set(id, new ObjectStore());
    const made = await super.create(id);
    await this.#ways?.admit(id, made.adminToken);
    return { ...made, ...this.#ways?.to(id) };
  }

  override async destroy(id: string) {
    this.#stores.delete(id);
    await super.destroy(id);
  }

  /** The objects of a cluster; undefined where it is gone, or does not answer. */
  store(id: string): ObjectStore | undefined {
    return this.away ? undefined : this.#stores.get(id);
  }

  /** Of all clusters that are there. */
  stores(): readonly ObjectStore[] {
    return [...this.#stores.values()];
  }

  /** All of them, to go back to. */
  snapshot(): () => void {
    const stores = [...this.#stores].map(([id, store]) => [id, store.copy()] as const);
    const nodes = [...this.nodes].map(([id, all]) => [id, [...all]] as const);
    return () => {
      this.#stores = new Map(stores.map(([id, store]) => [id, store.copy()]));
      this.nodes.clear();
      for (const [id, all] of nodes) this.nodes.set(id, [...all]);
    };
  }
}

function placeOf({ kind, namespace, name }: Pick<StoredObject, "kind" | "namespace" | "name">) {
  return `${kind} ${namespace ?? ""}/${name}`;
}

/** `priorityclasses.scheduling.k8s.io` of `scheduling.k8s.io/v1/PriorityClass`. */
export function pluralOf(kind: string): string {
  const parts = kind.split("/");
  const word = (parts.at(-1) ?? kind).toLowerCase();
  const plural = word.replace(/y$/u, "ie").replace(/s$/u, "se") + "s";
  return parts.length === 3 ? `${plural}.${parts[0]}` : plural;
}
