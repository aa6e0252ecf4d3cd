import type { V1Pod } from "@kubernetes/client-node";
import { probeContainer, type ClientKind, type ProbeGround } from "../pods/probes.ts";
import type { Check } from "./check.ts";

/**
 * Kind of database client of each container, by its name. Containers without a database connection
 * are listed, too, so that a new one must be classified.
 */
export const CLIENTS: Readonly<Record<string, ClientKind | "none">> = {
  puma: "ruby",
  sidekiq: "ruby",
  migrate: "ruby",
  preflight: "ruby",
  tootctl: "ruby",
  streaming: "streaming",
  psql: "libpq",
  dump: "libpq",
  nginx: "none",
  cloudflared: "none",
  encrypt: "none",
  store: "none",
  copy: "none",
  // Calls only the cluster's API.
  wait: "none",
  "prometheus-exporter": "none",
};

/** Number of sandboxes at the same time, for two cores. */
const AT_ONCE = 3;

/**
 * Checks that every workload reaches its databases from its own network. None may connect with the
 * wrong CA, the wrong host or without TLS. It uses one pod of each component, because the others
 * have the same template.
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
