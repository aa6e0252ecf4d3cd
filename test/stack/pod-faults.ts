import type { Plan } from "../../plan/plan-stack.ts";
import { reveal } from "../../plan/values.ts";
import { all, deployments, nameOf, specOf } from "../peers/dangers/view.ts";
import { environmentOf, podsOf, type ContainerView } from "./views.ts";

/** Rules over every pod of a plan, each with its faults, in a sentence each. */

interface Probe {
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly initialDelaySeconds?: number;
  readonly httpGet?: { readonly port: unknown };
  readonly tcpSocket?: { readonly port: unknown };
}
interface Container extends ContainerView {
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: {
    readonly preStop?: {
      readonly exec?: { readonly command: readonly string[] };
      readonly sleep?: { readonly seconds: number };
    };
  };
}

const containersOf = (plan: Plan) =>
  podsOf(plan).flatMap(({ name, kind, spec, containers, owner }) =>
    (containers as readonly Container[]).map((container) => ({
      ...{ name: `${name}/${container.name}`, kind, spec, container, owner },
    })),
  );

/** Minimum time for a pod's start, seconds. Ruby on a busy node takes most of a minute. */
const SHORTEST_START = 60;
/** Folder and file of the database's CA. */
const CA_FOLDER = "/etc/mastodon/ca";

/** Ports of probes that the container does not declare. */
export const deafProbes = (plan: Plan): readonly string[] =>
  containersOf(plan).flatMap(({ name, container }) => {
    const { startupProbe, readinessProbe, livenessProbe, ports = [] } = container;
    const offered = ports.flatMap((port) => [port.name, port.containerPort] as unknown[]);
    return [startupProbe, readinessProbe, livenessProbe]
      .map((probe) => (probe?.httpGet ?? probe?.tcpSocket)?.port)
      .filter((port) => port !== undefined && !offered.includes(port))
      .map((port) => `${name} is asked on ${String(port)}`);
  });

/** Mounts of volumes that the pod does not have. */
export const lostVolumes = (plan: Plan): readonly string[] =>
  containersOf(plan).flatMap(({ name, spec, container }) => {
    const volumes = ((spec["volumes"] ?? []) as { name: string }[]).map((each) => each.name);
    return (container.volumeMounts ?? [])
      .filter((mount) => !volumes.includes(mount.name))
      .map((mount) => `${name} mounts ${mount.name}`);
  });

/** Containers with the path of the CA's file but without its folder. */
export const lostAuthorities = (plan: Plan): readonly string[] =>
  containersOf(plan)
    .filter(({ container }) =>
      [...environmentOf(plan, container).values()].some((value) =>
        String(reveal(value)).startsWith(`${CA_FOLDER}/`),
      ),
    )
    .filter(
      ({ container }) =>
        container.volumeMounts?.some(({ mountPath }) => mountPath === CA_FOLDER) !== true,
    )
    .map(({ name }) => `${name} has no ${CA_FOLDER}`);

/**
 * Pods behind a Service that end before they are removed from it, or are killed while they wait for
 * that.
 */
export const hastyEndings = (plan: Plan): readonly string[] => {
  const served = all(plan, "kubernetes:core/v1:Service").map(nameOf);
  return containersOf(plan)
    .filter(({ kind }) => kind === "Deployment")
    .flatMap(({ name, spec, container, owner }) => {
      const { exec, sleep } = container.lifecycle?.preStop ?? {};
      const waits = sleep?.seconds ?? Number(exec?.command[1] ?? 0);
      const grace = Number(spec["terminationGracePeriodSeconds"] ?? 30);
      const open = container.readinessProbe !== undefined && served.includes(nameOf(owner));
      return [
        ...(open && owner.name !== "metrics-server" && waits < 5 ? [`${name} ends at once`] : []),
        ...(waits > 0 && grace <= waits ? [`${name} has ${grace} s, and waits ${waits} s`] : []),
      ];
    });
};

/** Deployments whose rollout stops a pod before the next is ready. */
export const thinRollouts = (plan: Plan): readonly string[] =>
  deployments(plan).flatMap((each) => {
    const { strategy } = specOf<{
      strategy?: { type?: string; rollingUpdate?: { maxUnavailable?: unknown } };
    }>(each);
    const may = strategy?.rollingUpdate?.maxUnavailable;
    return strategy?.type === "Recreate" || each.name.startsWith("sidekiq-") || may === 0
      ? []
      : [`${each.name} may lack ${String(may ?? "25%")}`];
  });

/** Start-up limits that are too short for a slow start. */
export const shortStarts = (plan: Plan): readonly string[] =>
  containersOf(plan).flatMap(({ name, container: { startupProbe: probe } }) => {
    const seconds = (probe?.periodSeconds ?? 10) * (probe?.failureThreshold ?? 3);
    return probe === undefined || seconds >= SHORTEST_START ? [] : [`${name} has ${seconds} s`];
  });

/** PriorityClasses that do not exist. */
export const lostPriorities = (plan: Plan): readonly string[] => {
  const made = all(plan, "kubernetes:scheduling.k8s.io/v1:PriorityClass").map(nameOf);
  return podsOf(plan)
    .map(({ name, spec }) => [name, spec["priorityClassName"]] as const)
    .filter(([, priority]) => priority !== undefined && !/^system-/u.test(String(priority)))
    .filter(([, priority]) => !made.includes(String(priority)))
    .map(([name, priority]) => `${name} is of ${String(priority)}`);
};
