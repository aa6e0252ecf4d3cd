import { describe, expect, test } from "vitest";
import type { V1NetworkPolicy } from "@kubernetes/client-node";
import { isAllowed, type Attempt } from "../../rehearsal/checks/reachability.ts";

const pod = (
  component: string,
  namespace = "mastodon",
): { namespace: string; labels: Record<string, string> } => ({
  namespace,
  labels: { component },
});
const policy = (spec: V1NetworkPolicy["spec"]): V1NetworkPolicy => ({
  metadata: { namespace: "mastodon" },
  ...(spec === undefined ? {} : { spec }),
});
const DENY = policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
const OUT = policy({
  podSelector: { matchLabels: { component: "tunnel" } },
  policyTypes: ["Egress"],
  egress: [
    { to: [{ podSelector: { matchLabels: { component: "web" } } }], ports: [{ port: 3000 }] },
  ],
});
const IN = policy({
  podSelector: { matchLabels: { component: "web" } },
  policyTypes: ["Ingress"],
  ingress: [
    { _from: [{ podSelector: { matchLabels: { component: "tunnel" } } }], ports: [{ port: 3000 }] },
  ],
});
const WORLD = policy({
  podSelector: { matchLabels: { component: "web" } },
  policyTypes: ["Egress"],
  egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }],
});
const toWeb = (change: Partial<Attempt> = {}): Attempt => ({
  from: pod("tunnel"),
  to: { pod: pod("web") },
  port: 3000,
  protocol: "TCP",
  ...change,
});

describe("a hole in the policies is seen as one", () => {
  test.each([
    ["without any policy everything is open", [], toWeb(), true],
    ["a denial closes", [DENY], toWeb(), false],
    ["let out, but not in, is closed", [DENY, OUT], toWeb(), false],
    ["let in, but not out, is closed", [DENY, IN], toWeb(), false],
    ["let out and in is open", [DENY, OUT, IN], toWeb(), true],
    ["another port stays closed", [DENY, OUT, IN], toWeb({ port: 9394 }), false],
    ["UDP is not TCP", [DENY, OUT, IN], toWeb({ protocol: "UDP" }), false],
    ["another sender stays closed", [DENY, OUT, IN], toWeb({ from: pod("assets") }), false],
    [
      "the same labels in another namespace are a stranger",
      [DENY, IN],
      toWeb({ from: pod("tunnel", "default") }),
      false,
    ],
    [
      "a range lets out to its addresses",
      [DENY, WORLD],
      toWeb({ from: pod("web"), to: { address: "203.0.113.7" } }),
      true,
    ],
    [
      "and not to those excepted",
      [DENY, WORLD],
      toWeb({ from: pod("web"), to: { address: "10.1.2.3" } }),
      false,
    ],
  ] as const)("%s", (_name, policies, attempt, expected) => {
    expect(isAllowed(policies, attempt)).toBe(expected);
  });
});

test("a part of a policy that is not understood is refused, not ignored", () => {
  const named = policy({
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [{ ports: [{ port: "http" }] }],
  });
  expect(() => isAllowed([named], toWeb())).toThrow("port http");
});
