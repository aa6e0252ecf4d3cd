import { describe, expect, test } from "vitest";
import { millicores } from "../../checks/autoscaling.ts";
import { clusterDnsObjects } from "../../node/cluster-dns.ts";
import { localAddresses } from "../../node/pod-networks.ts";
import { triedPod } from "../../node/tried-pods.ts";

test("cluster DNS is found by the label that the policies let names through by", () => {
  const pods = clusterDnsObjects("10.10.0.1").find(({ kind }) => kind === "Deployment");
  expect(pods).toMatchObject({
    spec: { template: { metadata: { labels: { "k8s-app": "kube-dns" } } } },
  });
});

test("a pod's address is read of its network's routes, and its loopback is none", () => {
  const trie = `Local:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.244.1.0/24 2 0 1
        |-- 10.244.1.7
           /32 host LOCAL
     |-- 127.0.0.1
        /32 host LOCAL
`;
  expect(localAddresses(trie + trie)).toEqual(["10.244.1.7"]);
});

describe("a pod that stands for one that is gone", () => {
  test("has its component's label and nothing of its rights", () => {
    expect(triedPod("upkeep").metadata?.labels).toEqual({
      "app.kubernetes.io/component": "upkeep",
    });
    expect(triedPod("upkeep").spec?.automountServiceAccountToken).toBe(false);
  });

  test("of no component has no label: it is a stranger", () => {
    expect(triedPod(undefined, "default").metadata?.labels).toEqual({});
  });
});

test.each([
  ["388m", 388],
  ["2", 2000],
  ["12345678n", 12.345678],
  ["1500u", 1.5],
])("%s of a processor is %d thousandths", (quantity, expected) => {
  expect(millicores(quantity)).toBeCloseTo(expected, 6);
});

test("an amount in a unit that nobody knows is no amount: read as 0, no load would be seen", () => {
  expect(() => millicores("1k")).toThrow("no amount");
});
