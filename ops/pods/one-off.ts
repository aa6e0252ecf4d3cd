import type { V1Container, V1Job, V1PodSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import { RESOURCES } from "../../domain/resources.ts";
import { NAMESPACE, ONE_OFF_COMPONENT } from "../../config/topology.ts";
import { TEMPORARY_FOLDER_STEP } from "../../domain/temporary-folder.ts";

/** Builds the pod of a command from the running pods. */

/** Input of a one-off command. */
export interface OneOff {
  /** Prefix of its Job's name, such as `tootctl`. */
  readonly name: string;
  /** The container's command. The image's entrypoint, tini, stays in front of it. */
  readonly args: readonly string[];
  /** Seconds after which the cluster ends it, even if the command's process is gone. */
  readonly deadlineSeconds: number;
  /** The lowest PriorityClass of the server, from `lowestPriorityOf`. */
  readonly priority: string | undefined;
}

/** Seconds for which a finished Job stays if the command could not delete it. */
const TTL_SECONDS = 600;

/**
 * Containers in web's pods and in the migrations' whose image, environment and mounts are copied.
 */
const SOURCE_CONTAINERS = ["puma", "migrate"];

/** Puma's variables. They have no effect on this pod, or a wrong one (it has no exporter). */
const PUMA_NAMES = /^(WEB_CONCURRENCY|PORT|PERSISTENT_TIMEOUT|MASTODON_PROMETHEUS_EXPORTER_.+)$/u;

/**
 * A Job that runs one command with the image, environment, mounts and security context of a running
 * pod template. It runs once, because a failed command must not be repeated without confirmation.
 * @throws Error if the template has no container of Mastodon's.
 */
export function oneOffJob(
  template: V1PodTemplateSpec,
  { name, args, deadlineSeconds, priority }: OneOff,
): V1Job {
  const spec = template.spec;
  const source = spec?.containers.find((each) => SOURCE_CONTAINERS.includes(each.name));
  if (spec === undefined || source === undefined)
    throw new Error(
      `The pods that run have no container called ${SOURCE_CONTAINERS.join(" or ")}: this command does not fit the version that was deployed. Run it from the commit of the last deploy.`,
    );
  return jobOf(template.metadata?.labels, podOf(spec, containerOf(source, args), priority), {
    name,
    deadlineSeconds,
  });
}

/**
 * A Job that runs its pod once for a command and is deleted afterwards.
 * @param from labels of the source pod. The component becomes that of a one-off, which the network
 * policies allow.
 */
export function jobOf(
  from: Readonly<Record<string, string>> | undefined,
  pod: V1PodSpec,
  { name, deadlineSeconds }: Pick<OneOff, "name" | "deadlineSeconds">,
): V1Job {
  const labels = { ...from, "app.kubernetes.io/component": ONE_OFF_COMPONENT };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { generateName: `${name}-`, namespace: NAMESPACE, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: TTL_SECONDS,
      template: {
        metadata: {
          labels,
          // The autoscaler does not remove the node while the pod runs.
          annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
        },
        spec: pod,
      },
    },
  };
}

/**
 * Copies only what the one container needs from the pod: no other containers, no spread. Only the
 * nightly clean-up has a lower priority.
 */
export function podOf(
  spec: V1PodSpec,
  container: V1Container,
  priority: OneOff["priority"],
): V1PodSpec {
  const mounted = new Set(container.volumeMounts?.map(({ name }) => name));
  const first = (spec.initContainers ?? []).filter(({ name }) => name === TEMPORARY_FOLDER_STEP);
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    ...(priority !== undefined && { priorityClassName: priority }),
    ...(spec.securityContext && { securityContext: spec.securityContext }),
    ...(spec.imagePullSecrets && { imagePullSecrets: spec.imagePullSecrets }),
    // Without it Ruby finds no directory for temporary files.
    ...(first.length > 0 && { initContainers: first }),
    containers: [container],
    volumes: (spec.volumes ?? []).filter(({ name }) => mounted.has(name)),
  };
}

function containerOf(source: V1Container, args: readonly string[]): V1Container {
  return {
    ...commandContainer(source),
    args: [...args],
    env: (source.env ?? []).filter(({ name }) => !PUMA_NAMES.test(name)),
    envFrom: source.envFrom ?? [],
  };
}

/**
 * The one container of such a pod: image, mounts and security context of the source container, and
 * the resources of an upkeep task. The caller sets command and environment.
 */
export function commandContainer(source: V1Container): V1Container {
  const { cpu, memory, cpuLimit, memoryLimit } = RESOURCES.upkeep;
  return {
    name: "command",
    volumeMounts: source.volumeMounts ?? [],
    resources: { requests: { cpu, memory }, limits: { cpu: cpuLimit, memory: memoryLimit } },
    ...(source.image !== undefined && { image: source.image }),
    ...(source.securityContext && { securityContext: source.securityContext }),
  };
}
