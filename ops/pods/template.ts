import type { V1EnvFromSource, V1Job, V1PodTemplateSpec } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "./cluster.ts";

/** The Job whose environment has the direct database port. */
const MIGRATION = "app.kubernetes.io/component=migrate-pre-deployment";

/**
 * Returns the template of the running web pods. With `direct` it has the environment of the newest
 * migration, which bypasses the transaction pool.
 * @throws Error if nothing is deployed, or if there is no migration Job.
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
 * Returns the name of the lowest PriorityClass of the server. It is read from the cluster, because
 * the checkout may be newer than the deployment: for example for a dump before an upgrade.
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

/** The template with each container's environment replaced. */
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
