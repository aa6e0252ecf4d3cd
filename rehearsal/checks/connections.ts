import type { V1Pod } from "@kubernetes/client-node";
import { probeContainer, type ClientKind, type ProbeGround } from "../pods/probes.ts";
import type { Check } from "./check.ts";

/**
 * Which client each container is, by its name. Containers that connect to no database are named,
 * too: a new one must be put on a side.
 */
export const CLIENTS: Readonly<Record<string, ClientKind | "none">> = {
  puma: "ruby",
  sidekiq: "ruby",
  migrate: "ruby",
  preflight: "ruby",
  tootctl: "ruby",
  streaming: "streaming",
  psql: "libpq",
  nginx: "none",
  cloudflared: "none",
  // Asks the cluster's API alone.
  wait: "none",
  "prometheus-exporter": "none",
};

/** Sandboxes at a time: two cores. */
const AT_ONCE = 3;

/**
 * Whether every workload reaches its databases from where it stands, and none of them would with
 * the wrong CA, the wrong host or no TLS. One pod of each component: the others have the same
 * template.
 */
export async function checkConnections(
  pods: readonly V1Pod[],
  ground: ProbeGround,
): Promise<readonly Check[]> {
  const byComponent = new Map<string, V1Pod>();
  for (const pod of pods) {
    const component = pod.metadata?.labels?.["app.kubernetes.io/component"];
    if (component !== undefined) byComponent.set(component, pod);
  }
  const targets = [...byComponent].flatMap(([component, pod]) =>
    (pod.spec?.containers ?? []).flatMap(({ name }) => {
      const kind = CLIENTS[name];
      if (kind === undefined)
        throw new Error(
          `The container ${name} of ${component} is not in the table of connections.ts: say which client it is, or "none".`,
        );
      return kind === "none" ? [] : [{ component, target: { pod, container: name, kind } }];
    }),
  );
  if (targets.length === 0) throw new Error("No pod connects to a database: nothing was probed.");
  const checks: Check[] = [];
  const queue = [...targets];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { component, target } = next;
      for (const { name, passed, detail } of await probeContainer(target, ground))
        checks.push({ name: `${component}: ${name}`, passed, detail, group: component });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return checks.sort((a, b) => a.name.localeCompare(b.name));
}
