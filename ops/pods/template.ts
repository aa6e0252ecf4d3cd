import type { V1EnvFromSource, V1Job, V1PodTemplateSpec } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "./cluster.ts";

/** The Job whose environment leads to the database's own port. */
const MIGRATION = "app.kubernetes.io/component=migrate-pre-deployment";

/**
 * The template of the web pods that run; with `direct`, in the environment of the newest migration,
 * which goes past the transaction pool.
 * @throws Error where nothing is deployed, or no migration is there to be asked.
 */
export async function liveTemplate(cluster: Cluster, direct: boolean): Promise<V1PodTemplateSpec> {
  const template = await webTemplate(cluster);
  if (!direct) return template;
  const jobs = await cluster.batch.listNamespacedJob({
    namespace: NAMESPACE,
    labelSelector: MIGRATION,
  });
  const envFrom = directEnvironment(jobs.items);
  if (envFrom === undefined)
    throw new Error(
      "This command must go past the transaction pool, but no migration Job is there to take the database's own port from. Run `pulumi up` first, which makes one.",
    );
  return withEnvironment(template, envFrom);
}

async function webTemplate(cluster: Cluster): Promise<V1PodTemplateSpec> {
  try {
    const web = await cluster.apps.readNamespacedDeployment({ name: "web", namespace: NAMESPACE });
    return web.spec!.template;
  } catch (error) {
    throw new Error(
      `The Deployment "web" in the namespace "${NAMESPACE}" can't be read: ${reasonOf(error)}. Is this the server's cluster, and was \`pulumi up\` run?`,
      { cause: error },
    );
  }
}

/**
 * Name of the lowest PriorityClass of the server. It is asked for, because its name is another one
 * where the checkout is newer than what was deployed: before an upgrade, when a dump is made.
 */
export async function lowestPriorityOf({ scheduling }: Cluster): Promise<string | undefined> {
  const { items } = await scheduling.listPriorityClass({
    labelSelector: "app.kubernetes.io/part-of=mastodon",
  });
  const [lowest] = items.sort((one, other) => (one.value ?? 0) - (other.value ?? 0));
  return lowest?.metadata?.name;
}

/** Sources of the newest of these Jobs' environment; none without a Job. */
export function directEnvironment(jobs: readonly V1Job[]): readonly V1EnvFromSource[] | undefined {
  const madeAt = ({ metadata }: V1Job): number => metadata?.creationTimestamp?.getTime() ?? 0;
  const [newest] = [...jobs].sort((one, other) => madeAt(other) - madeAt(one));
  return newest?.spec?.template.spec?.containers[0]?.envFrom;
}

/** The template with each container's environment taken from elsewhere. */
export function withEnvironment(
  template: V1PodTemplateSpec,
  envFrom: readonly V1EnvFromSource[],
): V1PodTemplateSpec {
  const spec = template.spec!;
  return {
    ...template,
    spec: {
      ...spec,
      containers: spec.containers.map((each) => ({ ...each, envFrom: [...envFrom] })),
    },
  };
}
