import type { KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import { read, type Clouds, type Json } from "./clouds.ts";
import type { Candidate, Lookup } from "./finder.ts";
import { ask, presence, type Answer, type Presence } from "./presence.ts";
import type { Properties, StateResource } from "./state.ts";

/**
 * Kubernetes objects, looked up in the cluster's own API by the recorded name. An autoname, too, is
 * in the inputs of a pending create. The provider of the pinned version refuses to create over an
 * object of the same name (pulumi-kubernetes CHANGELOG, 4.29.0). It creates an autonamed object a
 * second time: a migration's Job would run in parallel with the first. `upsertExistingObjects`
 * doesn't help: with it, a renamed resource deletes the object that it took over
 * (pulumi/pulumi-kubernetes#2926).
 */

/** One cluster, ready to be asked. */
export interface Cluster {
  readonly finder: Lookup;
  /** Whether it accepts the credential. */
  readonly accepts: () => Promise<Answer<unknown>>;
  /** Whether DigitalOcean has it: everything in a cluster goes with it. */
  readonly exists: () => Promise<Presence<unknown>>;
}

/** The parts of an object that are read. */
interface Live extends KubernetesObject {
  readonly spec?: { readonly activeDeadlineSeconds?: number };
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

/**
 * Opens the cluster that a resource stands in, by the kubeconfig of its provider in the state. It
 * holds no credential: `doctl` makes one (`infra/kubeconfig.ts`).
 * @throws if the state has no readable kubeconfig, in words that end a sentence.
 */
export async function openCluster(
  { provider }: StateResource,
  resources: readonly StateResource[],
  clouds: Clouds,
  token: () => Promise<Answer<unknown>>,
): Promise<Cluster> {
  const own = resources.find(({ urn, id }) => `${urn}::${id}` === provider);
  const { kubeconfig, clusterIdentifier } = own?.inputs ?? {};
  if (typeof kubeconfig !== "string")
    throw new Error("the state holds no readable kubeconfig of its cluster");
  const { KubeConfig, KubernetesObjectApi } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const api = KubernetesObjectApi.makeApiClient(config);
  const { patience } = clouds;
  return {
    finder: {
      kind: "find",
      needs: ["kind", "metadata.name"],
      find: (_, inputs) => look(api, inputs),
    },
    accepts: () => ask(() => get(api, KUBE_SYSTEM), patience),
    exists: () =>
      presence(
        () => read(clouds.digitalocean.kubernetes.clusters.byCluster_id(clusterIdentifier)),
        token,
        patience,
      ),
  };
}

/** An object that every cluster has, and that only an accepted credential may read. */
const KUBE_SYSTEM = { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } };

async function look(api: KubernetesObjectApi, inputs: Properties): Promise<readonly Candidate[]> {
  const { apiVersion, kind, metadata } = inputs as Json;
  const { name, namespace, labels } = metadata as Json;
  const object = await get(api, { apiVersion, kind, metadata: { name, namespace } });
  const id =
    object.metadata?.namespace === undefined ? name : `${object.metadata.namespace}/${name}`;
  return [
    {
      id,
      importId: id,
      since: object.metadata?.creationTimestamp?.toISOString(),
      ...busyOf(String(kind), object),
      ...doubtOf(object, labels),
    },
  ];
}

/** A Job that still runs: with a second one, two would run in parallel. */
export function busyOf(kind: string, object: KubernetesObject): Pick<Candidate, "busy"> {
  return kind === "Job" && !hasEnded(object) ? { busy: "its Job still runs" } : {};
}

/** A doubt about an object that has not every label of the program's. */
export function doubtOf(
  { metadata }: KubernetesObject,
  labels: Properties = {},
): Pick<Candidate, "doubt"> {
  const foreign = Object.entries(labels)
    .filter(([label, value]) => metadata?.labels?.[label] !== value)
    .map(([label]) => label);
  return foreign.length === 0
    ? {}
    : { doubt: `an object of this name has not the program's label ${foreign.join(", ")}` };
}

/** Reads one object by its kind and name. */
async function get(api: KubernetesObjectApi, object: Json): Promise<Live> {
  return (await api.read(object)) as Live;
}

/** Whether a Job has come to an end, good or bad (k8s.io/api/batch/v1 JobConditionType). */
function hasEnded({ status }: Live): boolean {
  return (status?.conditions ?? []).some(
    (condition) => ENDS.includes(condition.type) && condition.status === "True",
  );
}

const ENDS: readonly string[] = ["Complete", "Failed"];
