import type { Box, Link } from "../../pages/topology/model.ts";
import { POOL, RANGES } from "../../config/topology.ts";
import { DIRECT, POOLED, VALKEY } from "./data-boxes.ts";
import type { EgressView } from "./plan-view.ts";

/**
 * Lines of a plan's picture, from pods' environments and from the policies for their outgoing
 * connections.
 */

/** Box of the Internet. */
export const INTERNET = "internet";
const API_SERVER = "api-server";

/** Flows that already have a box of their own, or that every pod has. */
export const NOT_TARGETS = ["dns", "databases", "tunnel-out", "internet"];

/** Databases and storage that a pod's environment names. */
export function dataLinks(
  from: string,
  environment: Readonly<Record<string, string>>,
  storage: string | undefined,
): readonly Link[] {
  const { DB_PORT: port } = environment;
  const link = (to: string, says: string): Link => ({ from, to, says });
  const has = (key: string): boolean => environment[key] !== undefined;
  return [
    ...(port === undefined
      ? []
      : [link(Number(port) === POOL.port ? POOLED : DIRECT, `TLS, TCP ${port}`)]),
    ...(has("DIRECT_DB_PORT") ? [link(DIRECT, `TLS, TCP ${environment["DIRECT_DB_PORT"]}`)] : []),
    ...(has("REPLICA_DB_HOST")
      ? [link("replica", `TLS, TCP ${environment["REPLICA_DB_PORT"] ?? ""}, reading only`)]
      : []),
    ...(has("REDIS_URL") ? [link(VALKEY, "TLS, in the VPC")] : []),
    ...(has("CACHE_REDIS_URL") ? [link("cache", "TLS, in the VPC")] : []),
    ...(has("S3_BUCKET") && storage !== undefined ? [link(storage, "S3, TCP 443")] : []),
  ];
}

/** Additional links from policies: outgoing connections, and connections inside the cluster. */
export function flowLinks(
  from: string,
  flow: EgressView,
  boxOf: (component: string) => string | undefined,
  spaces: string | undefined,
): readonly Link[] {
  const { name, to } = flow;
  const says = portsOf(flow) ?? "";
  if (typeof to === "object" && "component" in to) {
    const box = boxOf(to.component);
    return box === undefined ? [] : [{ from, to: box, says }];
  }
  if (name === "internet") return [{ from, to: INTERNET, says }];
  if (name === "assets-to-spaces" && spaces !== undefined) return [{ from, to: spaces, says }];
  return NOT_TARGETS.includes(name) ? [] : [{ from, to: otherId(flow), says }];
}

function otherId({ name, to }: EgressView): string {
  return to === "anywhere" ? API_SERVER : `flow-${name}`;
}

/** Box of a flow that has none of its own. */
export function otherBox(flow: EgressView): Box {
  const { name, to } = flow;
  const aside = portsOf(flow);
  if (to === "anywhere")
    return { id: otherId(flow), title: "Kubernetes' API", aside, lines: ["how a rollout stands"] };
  const where =
    "namespace" in to
      ? `in the namespace ${to.namespace}`
      : "cidr" in to && to.cidr === RANGES.vpc
        ? "in the VPC"
        : "on the Internet";
  return { id: otherId(flow), title: name, aside, lines: [where] };
}

/** "TCP 80, 443"; each protocol has its own list. */
export function portsOf(flow: EgressView | undefined): string | undefined {
  if (flow === undefined) return undefined;
  const protocols = [...new Set(flow.ports.map(({ protocol }) => protocol))];
  return protocols
    .map((protocol) => {
      const ports = flow.ports.filter((one) => one.protocol === protocol).map(({ port }) => port);
      return `${protocol} ${ports.join(", ")}`;
    })
    .join("; ");
}
