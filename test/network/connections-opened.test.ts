import { expect, test } from "vitest";
import { flowsOf } from "../../k8s/flows/all.ts";
import {
  checkOpened,
  differencesOf,
  type TriedConnection,
} from "../../rehearsal/checks/connections-opened.ts";
import { connectionsOf, OUTSIDE } from "../../rehearsal/checks/network-matrix.ts";
import type { V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";

const flows = flowsOf(["sidekiq-all"]).filter(({ name }) => name === "tunnel-to-web");
const pods = ["cloudflared", "web"].map((component): V1Pod => ({
  metadata: { namespace: "mastodon", labels: { "app.kubernetes.io/component": component } },
}));
const denied: V1NetworkPolicy = {
  metadata: { namespace: "mastodon" },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
};
const select = (component: string) => ({
  podSelector: { matchLabels: { "app.kubernetes.io/component": component } },
});
const policies: readonly V1NetworkPolicy[] = [
  denied,
  {
    metadata: { namespace: "mastodon" },
    spec: {
      ...select("cloudflared"),
      policyTypes: ["Egress"],
      egress: [{ to: [select("web")], ports: [{ port: 3000, protocol: "TCP" }] }],
    },
  },
  {
    metadata: { namespace: "mastodon" },
    spec: {
      ...select("web"),
      policyTypes: ["Ingress"],
      ingress: [{ _from: [select("cloudflared")], ports: [{ port: 3000, protocol: "TCP" }] }],
    },
  },
];

/** All connections, each opened as computed, except for those that `change` changes. */
function tried(
  live: readonly V1NetworkPolicy[],
  change: (one: TriedConnection) => boolean = ({ computed }) => computed,
): readonly TriedConnection[] {
  return connectionsOf(pods, live, flows).map((one) => {
    const asComputed = { ...one, opened: one.computed };
    return { ...asComputed, opened: change(asComputed) };
  });
}

/** Every complaint separately, because a check shows only five. */
function linesOf(all: readonly TriedConnection[]): string {
  return differencesOf(all)
    .map((one) => checkOpened([one], []).detail)
    .join("\n");
}

test("three accounts that agree pass, and say how many connections they are about", () => {
  const check = checkOpened(tried(policies), flows);
  expect(check).toMatchObject({ passed: true });
  expect(check.detail).toMatch(/^\d{3,} connections tried, 1 open, 0 differences$/u);
});

test.each([
  ["the policies are not enforced", policies, () => true, "closed, computed closed, measured open"],
  [
    "one that is meant to be open is held up",
    policies,
    () => false,
    "cloudflared → web TCP 3000: written open, computed open, measured closed",
  ],
  [
    "a policy is missing, and is missed by the network, too",
    policies.slice(0, 2),
    ({ computed }: TriedConnection) => computed,
    "cloudflared → web TCP 3000: written open, computed closed, measured closed",
  ],
  [
    "a policy too many opens what the table does not have",
    [
      ...policies,
      { ...denied, spec: { ...select("web"), policyTypes: ["Egress"], egress: [{}] } },
    ] as V1NetworkPolicy[],
    ({ computed }: TriedConnection) => computed,
    "web → the Droplet's metadata TCP 80: written closed, computed open, measured open",
  ],
])("a difference fails: %s", (_, live, change, words) => {
  const check = checkOpened(tried(live, change), flows);
  expect(check.passed).toBe(false);
  expect(linesOf(tried(live, change))).toContain(words);
});

test("nothing tried, or a component that nobody tried, is no agreement", () => {
  expect(checkOpened([], flows).detail).toContain("not one connection opened");
  const others = tried(policies).filter(({ from, to }) => from !== "web" && to !== "web");
  expect(checkOpened(others, flows).detail).toContain("no pod of web was tried");
});

test("a Service has one port, and leads where its pods are", () => {
  const web = { namespace: "mastodon", labels: { "app.kubernetes.io/component": "web" } };
  const service = {
    name: "the Service web",
    kind: { component: "web" },
    to: { pod: web },
    port: 3000,
  };
  const rows = connectionsOf(pods, policies, flows, [...OUTSIDE, service]).filter(
    ({ to }) => to === service.name,
  );
  expect(rows.filter(({ written }) => written)).toMatchObject([
    { from: "cloudflared", port: 3000, protocol: "TCP", computed: true },
  ]);
  expect(new Set(rows.map(({ port }) => port))).toEqual(new Set([3000]));
});
