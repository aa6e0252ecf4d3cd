import type { V1Container, V1Pod } from "@kubernetes/client-node";

/** State of one container. */
export interface ContainerStanding {
  readonly container: V1Container;
  /** Whether it is ready or, for a program that ends on its own, running. */
  readonly ready: boolean;
  /** Its state, in Kubernetes' form. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Number of restarts of its program. Default: 0. */
  readonly restarts?: number;
}

/** State of a pod's programs. */
export interface Standing {
  readonly phase: "Running" | "Succeeded" | "Failed";
  readonly containers: readonly ContainerStanding[];
  /** An address, if it serves something. No packet is sent to it. */
  readonly podIP?: string;
}

/** Reason why a pod is not ready (kubernetes/kubernetes `pkg/kubelet/status/generate.go`). */
const REASONS: Readonly<Record<Standing["phase"], string>> = {
  Running: "ContainersNotReady",
  Succeeded: "PodCompleted",
  Failed: "PodFailed",
};

/**
 * Patch of a pod's status that a kubelet would send. It depends only on its arguments and the
 * clock.
 */
export function statusPatch(pod: V1Pod, { phase, containers, podIP }: Standing): object {
  const ready = containers.every((each) => each.ready);
  const now = new Date();
  const condition = (type: string, status: boolean): object => ({
    type,
    status: status ? "True" : "False",
    lastTransitionTime: now,
    ...(status ? {} : { reason: REASONS[phase] }),
  });
  const common = { imageID: "", restartCount: 0 };
  const ended = { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now };
  return {
    status: {
      phase,
      ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
      conditions: [
        condition("Initialized", true),
        condition("Ready", ready),
        condition("ContainersReady", ready),
      ],
      initContainerStatuses: (pod.spec?.initContainers ?? []).map(({ name, image }) => ({
        ...{ ...common, name, image, ready: true, started: false },
        state: { terminated: ended },
      })),
      containerStatuses: containers.map((each) => ({
        ...{ ...common, restartCount: each.restarts ?? 0 },
        ...{ name: each.container.name, image: each.container.image },
        ...{ ready: each.ready, started: each.ready, state: each.state },
      })),
    },
  };
}
