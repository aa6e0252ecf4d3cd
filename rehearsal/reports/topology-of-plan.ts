import type { Box, Link, Topology } from "../../pages/topology/model.ts";
import { dataBoxes, DIRECT, POOLED, storageBox } from "./data-boxes.ts";
import { dataLinks, flowLinks, INTERNET, NOT_TARGETS, otherBox, portsOf } from "./links-of-plan.ts";
import { PlanView, type PodsView } from "./plan-view.ts";
import type { Plan } from "../../plan/plan-stack.ts";

/**
 * A picture of all connections, from a plan. Pods come from Deployments and Jobs, entrances from
 * the tunnel's rules, lines from NetworkPolicies and from each pod's environment. It shows only
 * what the plan contains.
 */

const VISITORS = "visitors";
const EDGE = "edge";
const JOBS = "release-jobs";
const CONNECTOR = "cloudflared";

/** The picture of a plan. */
export function topologyOf(plan: Plan): Topology {
  const view = new PlanView(plan);
  const storage = storageBox(view);
  const pods = view.pods.filter(({ component }) => component !== "metrics-server");
  const doors = doorsOf(view);
  const boxOf = (component: string): string | undefined => {
    const found = pods.find((one) => one.component === component);
    return found === undefined ? undefined : found.kind === "Job" ? JOBS : component;
  };
  const entry: readonly Box[] = [
    { id: VISITORS, title: "Members, apps, other servers", lines: ["by HTTPS, port 443"] },
    edgeBox(view),
    ...(storage?.at === "cloudflare" ? [storage.box] : []),
  ];
  const others = view.egress.filter(
    ({ name, to }) => !NOT_TARGETS.includes(name) && !("component" in Object(to)),
  );
  const spaces = storage?.at === "digitalocean" ? [storage.box] : [];
  const targets: readonly Box[] = [
    ...dataBoxes(view),
    ...spaces,
    {
      id: INTERNET,
      title: "The Internet",
      aside: portsOf(view.egress.find(({ name }) => name === "internet")),
      lines: ["other servers, link previews, web push; no private address"],
    },
    ...others
      .filter(({ name }) => spaces.length === 0 || name !== "assets-to-spaces")
      .map(otherBox),
  ];
  const names = new Set([...entry, ...targets].map(({ id }) => id));
  const calls = pods.flatMap((one): Link[] => {
    const from = one.kind === "Job" ? JOBS : one.component;
    return [
      ...dataLinks(from, one.environment, storage?.box.id),
      ...view.egress
        .filter(({ from: senders }) => senders?.includes(one.component) === true)
        .flatMap((flow) => flowLinks(from, flow, boxOf, spaces[0]?.id)),
    ];
  });
  return {
    title: "Who talks to whom",
    entry,
    frame: { ...clusterWords(view), boxes: podBoxes(pods, doors) },
    targets: targets.filter(({ id }) => calls.some(({ to }) => to === id)),
    links: unique([
      { from: VISITORS, to: EDGE, says: "HTTPS, TCP 443" },
      {
        from: EDGE,
        to: CONNECTOR,
        says: `requests, through the tunnel that cloudflared opens itself: ${portsOf(view.egress.find(({ name }) => name === "tunnel-out")) ?? ""}`,
      },
      ...(storage?.at === "cloudflare"
        ? [{ from: EDGE, to: storage.box.id, says: "media that is not in the edge's cache" }]
        : []),
      ...calls.filter(({ to }) => names.has(to) || boxOf(to) !== undefined),
      ...dataBoxes(view).flatMap(({ id }) =>
        id === POOLED
          ? [{ from: POOLED, to: DIRECT, says: "as many connections as the pool has" }]
          : [],
      ),
    ]),
  };
}

/** Ports behind the tunnel, by component, in the order of its rules. */
function doorsOf(view: PlanView): ReadonlyMap<string, string> {
  const rules = view
    .of("ZeroTrustTunnelCloudflaredConfig")
    .flatMap(
      ({ inputs }) =>
        (inputs["config"] as { readonly ingresses?: readonly Rule[] }).ingresses ?? [],
    );
  // The last rule has no host: requests that match no other get a 404.
  return new Map(
    rules
      .filter(({ service }) => URL.canParse(service))
      .map(({ service }) => new URL(service))
      .map(({ hostname, port }) => [hostname.split(".")[0] ?? hostname, port] as const),
  );
}

interface Rule {
  readonly service: string;
}

function edgeBox(view: PlanView): Box {
  const records = view.of("DnsRecord");
  const rules = view
    .of("Ruleset")
    .reduce(
      (sum, { inputs }) => sum + ((inputs["rules"] as readonly unknown[] | undefined)?.length ?? 0),
      0,
    );
  const hosts = records.filter(({ inputs }) => inputs["proxied"] === true);
  return {
    id: EDGE,
    title: "Cloudflare",
    aside: "443",
    lines: [
      `${count(hosts.length, "public host")}, ${count(records.length, "DNS record")}`,
      `${count(rules, "rule")}, cache, tunnel`,
      ...hosts.map(({ inputs }) => String(inputs["name"])),
    ],
  };
}

/** Description of the cluster's parts. */
function clusterWords(view: PlanView): {
  readonly title: string;
  readonly lines: readonly string[];
} {
  const [cluster] = view.of("KubernetesCluster");
  if (cluster === undefined) return { title: "Kubernetes", lines: [] };
  const { version, region, ha, nodePool } = cluster.inputs as {
    readonly version: string;
    readonly region: string;
    readonly ha?: boolean;
    readonly nodePool: Pool;
  };
  const pools = [
    nodePool,
    ...view.of("KubernetesNodePool").map(({ inputs }) => inputs as unknown as Pool),
  ];
  return {
    title: `Kubernetes ${version}, ${region}`,
    lines: [
      pools.map(poolWords).join(" + "),
      `${ha === true ? "two control planes" : "one control plane"}; no port is open to the Internet`,
    ],
  };
}

interface Pool {
  readonly size: string;
  readonly nodeCount?: number;
  readonly minNodes?: number;
  readonly maxNodes?: number;
}

function poolWords({ size, nodeCount, minNodes, maxNodes }: Pool): string {
  return minNodes === undefined || maxNodes === minNodes
    ? `${nodeCount ?? minNodes ?? 1} × ${size}`
    : `${minNodes} to ${maxNodes} × ${size}`;
}

/** A box for each Deployment and for the nightly tasks; one for all Jobs of a release. */
function podBoxes(pods: readonly PodsView[], doors: ReadonlyMap<string, string>): readonly Box[] {
  const order = [...doors.keys()];
  const rank = ({ component }: PodsView): number =>
    component === CONNECTOR ? -1 : doors.has(component) ? order.indexOf(component) : order.length;
  const deployments = pods
    .filter(({ kind }) => kind === "Deployment")
    .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  const nightly = pods.filter(({ kind }) => kind === "CronJob");
  const jobs = pods.filter(({ kind }) => kind === "Job");
  return [
    ...deployments.map((one): Box => ({
      id: one.component,
      title: one.component,
      aside: podsWords(one),
      lines: [...workWords(one), needWords(one, doors.get(one.component))],
    })),
    ...(jobs.length === 0
      ? []
      : [
          {
            id: JOBS,
            title: "Jobs of a release",
            aside: count(jobs.length, "Job"),
            lines: [jobs.map(({ name }) => name).join(", ")],
          },
        ]),
    ...[...new Set(nightly.map(({ component }) => component))].map((component): Box => ({
      id: component,
      title: component,
      aside: "at night",
      lines: nightly
        .filter((one) => one.component === component)
        .map(
          ({ name, schedule }) => `${name.replace(`${component}-`, "")}, cron ${schedule ?? ""}`,
        ),
    })),
  ];
}

function podsWords({ replicas, maxReplicas }: PodsView): string {
  return replicas === maxReplicas ? count(replicas, "pod") : `${replicas} to ${maxReplicas} pods`;
}

/** A pod's work, described by its own command and settings. */
function workWords({ containers: [first], environment }: PodsView): readonly string[] {
  const { WEB_CONCURRENCY: workers, MAX_THREADS: threads } = environment;
  const after = (flag: string): readonly string[] =>
    (first?.args ?? []).flatMap((word, index, all) => (all[index - 1] === flag ? [word] : []));
  const [concurrency] = after("-c").filter((word) => /^\d+$/u.test(word));
  const queues = after("-q").map((queue) => queue.split(",")[0] ?? queue);
  return [
    ...(workers === undefined ? [] : [`${workers} × ${threads ?? ""} threads`]),
    ...(concurrency === undefined ? [] : [`${concurrency} threads: ${queues.join(", ")}`]),
  ];
}

/** Its port, and its resource requests. */
function needWords({ containers }: PodsView, port: string | undefined): string {
  const needs = containers.map(
    ({ name, cpu, memory }) => `${containers.length > 1 ? `${name} ` : ""}${cpu} CPU, ${memory}`,
  );
  return [...(port === undefined ? [] : [`port ${port}`]), ...needs].join("; ");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function unique(links: readonly Link[]): readonly Link[] {
  return [...new Map(links.map((link) => [`${link.from} ${link.to}`, link])).values()];
}
