/** When an object counts as ready, as pulumi-kubernetes has it (`provider/pkg/await`). Pure. */

/** A live object, as JSON. */
export interface Live {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Ready, hopeless, or not yet, with the reason in words. */
export type Readiness =
  | { readonly state: "ready" }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "waiting"; readonly why: string };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

const READY: Readiness = { state: "ready" };
const waiting = (why: string): Readiness => ({ state: "waiting", why });

function conditionOf(live: Live, type: string): Condition | undefined {
  const conditions = (live.status?.["conditions"] ?? []) as readonly Condition[];
  return conditions.find((condition) => condition.type === type);
}

/** A Deployment is ready when its newest pods are all there, and the old ones are gone or going. */
export function deploymentReadiness(live: Live): Readiness {
  const status = live.status ?? {};
  if ((status["observedGeneration"] ?? 0) !== (live.metadata?.generation ?? 0))
    return waiting("the controller has not seen it yet");
  const progressing = conditionOf(live, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded")
    return { state: "failed", why: progressing.message ?? progressing.reason };
  // Refused pods (Pod Security, quota). The real provider says so at the end of its timeout; waiting longer would not change it.
  const refused = conditionOf(live, "ReplicaFailure");
  if (refused?.status === "True")
    return { state: "failed", why: refused.message ?? "its pods are refused" };
  const wanted = Number(live.spec?.["replicas"] ?? 1);
  const updated = Number(status["updatedReplicas"] ?? 0);
  const available = Number(status["availableReplicas"] ?? 0);
  const all = Number(status["replicas"] ?? 0);
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are new`);
  if (all > updated) return waiting(`${all - updated} old pods are still there`);
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`);
  return READY;
}

/** A Job is ready when it is complete. */
export function jobReadiness(live: Live): Readiness {
  const failed = conditionOf(live, "Failed");
  if (failed?.status === "True")
    return {
      state: "failed",
      why: `[${failed.reason ?? "Failed"}] ${failed.message ?? "no message"}`,
    };
  if (conditionOf(live, "Complete")?.status === "True") return READY;
  const { active = 0, failed: failures = 0 } = (live.status ?? {}) as Record<string, number>;
  return waiting(`${active} pods run, ${failures} have failed`);
}

/** A namespace is ready when it is active. */
export function namespaceReadiness(live: Live): Readiness {
  return live.status?.["phase"] === "Active" ? READY : waiting("it is not active yet");
}

/** A Service with a selector is ready when a ready pod stands behind it; one without pods to choose, at once. */
export function serviceReadiness(live: Live, readyEndpoints: number): Readiness {
  const { type, clusterIP, selector } = (live.spec ?? {}) as Record<string, unknown>;
  if (type === "ExternalName" || clusterIP === "None" || selector === undefined) return READY;
  if (type === "LoadBalancer")
    return {
      state: "failed",
      why: "the rehearsal has no load balancers; the tunnel is the way in",
    };
  return readyEndpoints > 0 ? READY : waiting("no ready pod stands behind it");
}

interface ContainerState {
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly finishedAt?: string;
}

type ContainerStates = Readonly<
  Partial<Record<"waiting" | "running" | "terminated", ContainerState>>
>;

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly state?: ContainerStates;
  readonly lastState?: ContainerStates;
}

/** What a pod says of its containers. */
export function statusesOf(pod: Live): readonly ContainerStatus[] {
  return (pod.status?.["containerStatuses"] ?? []) as readonly ContainerStatus[];
}

/**
 * What pulumi-kubernetes prints of a pod that is not well; nothing of one that is (`provider/pkg/await/checker/pod/check.go`: not scheduled, or not ready, with what its
 * containers wait for, and the last words of those that ended).
 * @param name `namespace/name`
 */
export function podWords(name: string, pod: Live): string | undefined {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled !== undefined && scheduled.status !== "True")
    return scheduled.reason === undefined ? undefined : scheduled.message;
  const ready = conditionOf(pod, "Ready");
  if (ready === undefined || ready.status === "True" || pod.status?.["phase"] === "Succeeded")
    return undefined;
  const words = statusesOf(pod).flatMap(containerWords);
  const message = ready.reason === undefined ? "" : (ready.message ?? "");
  return words.length === 0 && message === ""
    ? undefined
    : `[Pod ${name}]: ${message}${words.join("\n")}`;
}

function containerWords({ name, ready, state, lastState }: ContainerStatus): readonly string[] {
  if (ready === true) return [];
  const { waiting: waits, terminated } = state ?? {};
  const last = lastState?.terminated;
  return [
    ...(waits === undefined || waits.reason === "ContainerCreating"
      ? []
      : [`[${waits.reason ?? ""}] ${waits.message ?? ""}`]),
    ...(terminated?.reason === undefined || terminated.reason === ""
      ? []
      : [
          terminated.message === undefined || terminated.message === ""
            ? `container "${name}" completed with exit code ${terminated.exitCode ?? 0}`
            : `[${terminated.reason}] ${terminated.message}`,
        ]),
    ...(last === undefined
      ? []
      : [
          `container "${name}" terminated at ${last.finishedAt ?? ""} (${last.reason ?? ""}: exit code ${last.exitCode ?? 0})`,
          ...(last.message === undefined || last.message === "" ? [] : [last.message]),
        ]),
  ];
}

/**
 * The failure of a workload one of whose pods has given up; undefined where none has. The real provider waits for its whole timeout before it says so; here
 * a program that failed twice in a row is taken to fail for ever, though it goes on being started.
 */
export function hopeless(pods: readonly Live[]): Readiness | undefined {
  const reason = "CrashLoopBackOff";
  return pods.some((pod) =>
    statusesOf(pod).some(({ state }) => state?.["waiting"]?.reason === reason),
  )
    ? { state: "failed", why: `a pod is in ${reason}` }
    : undefined;
}
