import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { sdkVersion } from "../engine/sdk-version.ts";
import { kindOf, replacesOn, replacesProvider } from "../plan/kubernetes-replaces.ts";
import type {
  AttachedProvider,
  ConfiguredProvider,
  DiffKind,
  Properties,
  ResourceRef,
} from "../providers/provider.ts";
import { reveal, Secret, UNKNOWN } from "../../plan/values.ts";
import type { ObjectStore, StoredClusters, StoredObject } from "./object-store.ts";

/**
 * Kubernetes as far as an update that is cut off is concerned: objects that are stored by kind,
 * namespace and name. A create refuses a name that is taken, as the provider does since 4.29.0
 * (pulumi-kubernetes CHANGELOG, read 2026-11-28), and names what has none. Nothing is validated,
 * defaulted or waited for; no pod runs, and each Job counts as done. The drills with a control
 * plane and the real provider are there for that.
 */
export function storingProvider(clusters: StoredClusters): AttachedProvider {
  return {
    name: "kubernetes",
    version: sdkVersion("kubernetes"),
    checkConfig: async (news) => ({ inputs: news, failures: [] }),
    async diffConfig(olds, news) {
      const keys = pathsThatDiffer(reveal(olds), reveal(news));
      const replaces = replacesProvider(olds, news) ? ["clusterIdentifier"] : [];
      return {
        changes: keys.length > 0,
        replaces,
        deleteBeforeReplace: false,
        detailed: Object.fromEntries(keys.map((key) => [key, kindOfDiff(replaces.length > 0)])),
      };
    },
    configure: async (config) => storing(clusters, clusterIdOf(config)),
  };
}

/** The annotation of a name that the provider made (`provider/pkg/metadata/naming.go`). */
const AUTONAMED = "pulumi.com/autonamed";

function storing(clusters: StoredClusters, clusterId: string | undefined): ConfiguredProvider {
  const reached = (): ObjectStore => {
    const store = clusterId === undefined ? undefined : clusters.store(clusterId);
    if (store !== undefined) return store;
    throw new Error(
      "configured Kubernetes cluster is unreachable: unable to load schema information from the API server",
    );
  };
  const find = (ref: ResourceRef, id: string): StoredObject | undefined => {
    const [name = "", namespace] = id.split("/").reverse();
    return reached().get(kindOf(ref.type), namespace, name);
  };
  return {
    async check(ref, olds, news, randomSeed) {
      return { inputs: { ...news, metadata: named(ref, olds, news, randomSeed) }, failures: [] };
    },
    async diff(ref, _id, old, news, ignoreChanges) {
      const kind = kindOf(ref.type);
      const paths = pathsThatDiffer(reveal(old.inputs), reveal(news)).filter(
        (path) => !ignoreChanges.some((ignored) => path.startsWith(ignored)),
      );
      const replacing = paths.filter((path) => replacesOn(kind, path));
      const [older, newer] = [metadataOf(old.inputs), metadataOf(news)];
      return {
        changes: paths.length > 0,
        replaces: [...new Set(replacing.map((path) => path.split(/[.[]/u, 1)[0] ?? path))],
        deleteBeforeReplace:
          replacing.length > 0 &&
          !isAutonamed(newer) &&
          older["name"] === newer["name"] &&
          older["namespace"] === newer["namespace"],
        detailed: Object.fromEntries(
          paths.map((path) => [path, kindOfDiff(replacing.includes(path))]),
        ),
      };
    },
    async create(ref, inputs, { preview }) {
      if (preview) return { id: "", outputs: inputs };
      const { name, namespace } = placeIn(inputs);
      const kind = kindOf(ref.type);
      return stateOf(reached().add({ kind, namespace, name, content: inputs }));
    },
    async read(ref, id, state) {
      const object = find(ref, id);
      if (object === undefined) return undefined;
      return { ...stateOf(object), inputs: state.inputs ?? object.content };
    },
    async update(ref, id, _old, news, { preview }) {
      if (preview) return news;
      const object = find(ref, id);
      if (object === undefined) throw new Error(`${id} not found`);
      reached().change(object, news);
      return stateOf({ ...object, content: news }).outputs;
    },
    async delete(ref, id) {
      const object = find(ref, id);
      if (object !== undefined) reached().remove(object);
    },
    invoke: (token) => {
      throw new Error(`The stored Kubernetes has no function ${token}.`);
    },
  };
}

function stateOf({ content, namespace, name, uid }: StoredObject) {
  return {
    id: namespace === undefined ? name : `${namespace}/${name}`,
    outputs: { ...content, metadata: { ...metadataOf(content), uid } },
  };
}

/** Metadata with a name: the given one, the present one, or a new one as the provider makes it. */
function named(
  ref: ResourceRef,
  olds: Properties | undefined,
  news: Properties,
  randomSeed: Uint8Array,
): Properties {
  const metadata = metadataOf(news);
  if (metadata["name"] !== undefined) return metadata;
  const older = metadataOf(olds ?? {});
  const suffix = createHash("sha256").update(ref.name).update(randomSeed).digest("hex").slice(0, 8);
  return {
    ...metadata,
    name: isAutonamed(older) ? older["name"] : `${ref.name}-${suffix}`,
    annotations: { ...(metadata["annotations"] as Properties), [AUTONAMED]: "true" },
  };
}

function isAutonamed({ annotations }: Properties): boolean {
  return (annotations as Properties | undefined)?.[AUTONAMED] === "true";
}

/** The `metadata` of an object; empty where it is not known yet. */
function metadataOf(inputs: Properties): Properties {
  const value = inputs["metadata"];
  const metadata = value instanceof Secret ? value.reveal() : value;
  return typeof metadata === "object" && metadata !== null ? (metadata as Properties) : {};
}

function placeIn(inputs: Properties) {
  const { name, namespace } = reveal(metadataOf(inputs)) as Properties;
  return {
    name: String(name),
    namespace: namespace === undefined ? undefined : String(namespace),
  };
}

/** The cluster of a kubeconfig: `infra/kubeconfig.ts` ends its arguments with it. */
function clusterIdOf(config: Properties): string | undefined {
  const kubeconfig = reveal(config["kubeconfig"]);
  if (typeof kubeconfig !== "string") return undefined;
  const { users } = JSON.parse(kubeconfig) as {
    readonly users: readonly { readonly user: { readonly exec: { readonly args: string[] } } }[];
  };
  return users[0]?.user.exec.args.at(-1);
}

const kindOfDiff = (replaces: boolean): DiffKind => (replaces ? "update-replace" : "update");

/** Paths of the leaves in which two values differ, in Pulumi's syntax. */
export function pathsThatDiffer(older: unknown, newer: unknown, path = ""): readonly string[] {
  if (isDeepStrictEqual(older, newer)) return [];
  if (!isOpen(older) || !isOpen(newer) || Array.isArray(older) !== Array.isArray(newer))
    return [path];
  const keys = [...new Set([...Object.keys(older), ...Object.keys(newer)])];
  return keys.flatMap((key) =>
    pathsThatDiffer(older[key], newer[key], pathTo(path, key, Array.isArray(older))),
  );
}

function isOpen(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== UNKNOWN && typeof value === "object" && value !== null;
}

function pathTo(path: string, key: string, isList: boolean): string {
  if (isList) return `${path}[${key}]`;
  if (!/^[\w$]+$/u.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}
