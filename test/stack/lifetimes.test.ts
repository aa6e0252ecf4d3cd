import { expect, test } from "vitest";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { theResource } from "./views.ts";

const plan = await planStack();
const cluster = theResource(
  plan,
  "digitalocean:index/kubernetesCluster:KubernetesCluster",
  "cluster-doks",
);
const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));

/**
 * The engine passes it from parent to child (pulumi/pulumi `source_eval.go`, `inheritFromParent`).
 */
function deletedWith(urn: string): string {
  const resource = byUrn.get(urn);
  if (resource === undefined) return "";
  return resource.deletedWith === "" ? deletedWith(resource.parent) : resource.deletedWith;
}

test("what is in the cluster goes with it, and is never deleted through an API server that may be gone", () => {
  const inside = plan.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(inside.length).toBeGreaterThan(20);
  for (const { urn, name } of inside) expect(deletedWith(urn), name).toBe(cluster.urn);
});

const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";

test("what is outside the cluster outlives it", () => {
  const outside = plan.resources.filter(({ type }) => /^(digitalocean|cloudflare):/u.test(type));
  for (const { urn, name, type } of outside)
    if (type !== FIREWALL) expect(deletedWith(urn), name).toBe("");
});

test("a firewall goes with its database and never before it: without rules a database admits everyone", async () => {
  const all = await planStack({
    ...readStackFile(),
    postgres: { readReplica: { size: "db-s-4vcpu-8gb" } },
    valkey: { cache: { size: "db-s-1vcpu-1gb" } },
  });
  const firewalls = all.resources.filter(({ type }) => type === FIREWALL);
  expect(firewalls).toHaveLength(4);
  for (const firewall of firewalls)
    expect(firewall.propertyDependencies.get("clusterId")).toEqual([firewall.deletedWith]);
});
