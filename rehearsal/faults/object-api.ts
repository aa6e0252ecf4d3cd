import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { makeAuthority } from "../authority.ts";
import type { Properties } from "../providers/provider.ts";
import { reveal } from "../../plan/values.ts";
import { pluralOf, type ObjectStore, type StoredObject } from "./object-store.ts";

/**
 * The stores' second face: the API server's answers to the official client. It reads or deletes one
 * object, lists those of one kind, and asks for the kinds. Nothing else of the API is here.
 */

/** Kinds that the stack makes; those that stand in no namespace are marked. */
const KINDS: Readonly<Record<string, boolean>> = {
  "v1/Namespace": false,
  "v1/ConfigMap": true,
  "v1/LimitRange": true,
  "v1/ResourceQuota": true,
  "v1/Secret": true,
  "v1/Service": true,
  "v1/ServiceAccount": true,
  "apiregistration.k8s.io/v1/APIService": false,
  "apps/v1/Deployment": true,
  "autoscaling/v2/HorizontalPodAutoscaler": true,
  "batch/v1/CronJob": true,
  "batch/v1/Job": true,
  "networking.k8s.io/v1/NetworkPolicy": true,
  "policy/v1/PodDisruptionBudget": true,
  "rbac.authorization.k8s.io/v1/ClusterRole": false,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": false,
  "rbac.authorization.k8s.io/v1/Role": true,
  "rbac.authorization.k8s.io/v1/RoleBinding": true,
  "scheduling.k8s.io/v1/PriorityClass": false,
};

/** A server that answers for all clusters, each below its own id. */
export interface ObjectApi {
  /** `https://127.0.0.1:40123` */
  readonly url: string;
  /** PEM of the authority that signed its certificate. */
  readonly caCertificate: string;
  readonly close: () => Promise<void>;
}

/** Opens it on a port of loopback. */
export async function openObjectApi(
  stores: (clusterId: string) => ObjectStore | undefined,
): Promise<ObjectApi> {
  const authority = await makeAuthority("CN=stored-kubernetes");
  const { key, certificate: cert } = await authority.issue({
    subject: "CN=kube-apiserver",
    usages: ["server"],
    addresses: ["127.0.0.1"],
  });
  const server = createServer({ key, cert }, (request, response) => {
    const { status, body } = answerTo(request, stores);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    caCertificate: authority.pair.certificate,
    close: () => closed(server),
  };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

const PATH =
  /^\/(?<cluster>[^/]+)\/(?:api|apis)\/(?<version>(?:[^/]+\/)?v\d[^/]*)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?(?:\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?)?$/u;

function answerTo(
  { url = "", headers, method }: IncomingMessage,
  stores: (clusterId: string) => ObjectStore | undefined,
): { readonly status: number; readonly body: object } {
  const { pathname } = new URL(url, "http://localhost");
  const { cluster = "", version = "", namespace, plural, name } = PATH.exec(pathname)?.groups ?? {};
  const store = stores(cluster);
  if (store === undefined) return refusal(503, "there is no such cluster");
  if (headers.authorization === undefined) return refusal(401, "Unauthorized");
  const kinds = Object.entries(KINDS).filter(([kind]) => kind.startsWith(`${version}/`));
  if (plural === undefined) return { status: 200, body: listOf(version, kinds) };
  const [kind] = kinds.find(([each]) => wordOf(each) === plural) ?? [];
  if (kind !== undefined && name === undefined)
    return { status: 200, body: itemsOf(store, kind, namespace) };
  const object =
    kind === undefined ? undefined : store.get(kind, namespace, decodeURIComponent(name ?? ""));
  if (object !== undefined && method === "DELETE") store.remove(object);
  if (object !== undefined) return { status: 200, body: liveOf(object, version) };
  // A namespace that each cluster has from its first day stands in no store.
  if (kind === "v1/Namespace" && name === "kube-system")
    return { status: 200, body: { kind: "Namespace", apiVersion: "v1", metadata: { name } } };
  return refusal(404, `${plural} "${name}" not found`);
}

function listOf(groupVersion: string, kinds: readonly (readonly [string, boolean])[]): object {
  return {
    kind: "APIResourceList",
    groupVersion,
    resources: kinds.map(([kind, namespaced]) => ({
      name: wordOf(kind),
      kind: kind.split("/").at(-1),
      namespaced,
      verbs: ["get"],
    })),
  };
}

/** A list, whose items don't say their kind. */
function itemsOf(store: ObjectStore, kind: string, namespace: string | undefined): object {
  const [version, word] = [kind.slice(0, kind.lastIndexOf("/")), kind.split("/").at(-1)];
  const items = store
    .all()
    .filter((each) => each.kind === kind && [each.namespace, undefined].includes(namespace))
    .map((each) => {
      const { kind: _kind, apiVersion: _version, ...item } = liveOf(each, version);
      return item;
    });
  return { kind: `${word}List`, apiVersion: version, metadata: {}, items };
}

function liveOf({ kind, content, uid, since, namespace, name }: StoredObject, version: string) {
  const plain = reveal(content) as Properties;
  return {
    ...plain,
    apiVersion: version,
    kind: kind.split("/").at(-1),
    metadata: {
      ...(plain["metadata"] as Properties),
      ...{ name, namespace, uid, creationTimestamp: since },
    },
    // Nothing runs here: each Job counts as done.
    ...(kind === "batch/v1/Job" && {
      status: { conditions: [{ type: "Complete", status: "True" }] },
    }),
  };
}

function refusal(code: number, message: string) {
  return { status: code, body: { kind: "Status", apiVersion: "v1", code, message } };
}

/** `networkpolicies` of `networking.k8s.io/v1/NetworkPolicy`. */
const wordOf = (kind: string): string => pluralOf(kind).split(".")[0] ?? kind;
