import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "../../config/topology.ts";
import { PAUSE_IMAGE } from "./containerd.ts";

const COMPONENT = "app.kubernetes.io/component";
const PREFIX = "tried-";
const BEGIN_MS = 60_000;
const POLL_MS = 200;

/**
 * An idle Pod with a component's label. For policies it equals one that ran and is gone, such as a
 * migration or a command. Without a component it belongs to no component.
 */
export function triedPod(component: string | undefined, namespace = NAMESPACE): V1Pod {
  return {
    metadata: {
      namespace,
      name: `${PREFIX}${component ?? "stranger"}`,
      labels: component === undefined ? {} : { [COMPONENT]: component },
    },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "pause",
          image: PAUSE_IMAGE,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          resources: {
            requests: { cpu: "1m", memory: "1Mi" },
            limits: { cpu: "50m", memory: "32Mi" },
          },
        },
      ],
    },
  };
}

/** Creates Pods and waits until each has an address. Returns their state then. */
export async function runPods(api: CoreV1Api, pods: readonly V1Pod[]): Promise<readonly V1Pod[]> {
  for (const body of pods)
    await api.createNamespacedPod({ namespace: body.metadata?.namespace ?? "", body });
  return await Promise.all(pods.map((pod) => begun(api, pod)));
}

async function begun(api: CoreV1Api, { metadata }: V1Pod): Promise<V1Pod> {
  const { name = "", namespace = "" } = metadata ?? {};
  const deadline = Date.now() + BEGIN_MS;
  for (;;) {
    const pod = await api.readNamespacedPod({ name, namespace });
    if (pod.status?.phase === "Running" && pod.status.podIP !== undefined) return pod;
    if (Date.now() > deadline)
      throw new Error(`${name} does not begin: ${JSON.stringify(pod.status?.conditions)}`);
    await sleep(POLL_MS);
  }
}

/** Deletes them; no error for a missing one. */
export async function endPods(api: CoreV1Api, pods: readonly V1Pod[]): Promise<void> {
  for (const { metadata } of pods)
    await api
      .deleteNamespacedPod({ name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" })
      .catch(() => undefined);
}
