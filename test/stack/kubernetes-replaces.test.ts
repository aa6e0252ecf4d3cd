import { describe, expect, test } from "vitest";
import {
  replacesObject,
  replacesOn,
  replacesProvider,
} from "../../rehearsal/plan/kubernetes-replaces.ts";
import { Secret, UNKNOWN } from "../../plan/values.ts";

const IMAGE = "spec.template.spec.containers[0].image";

test.each([
  ["batch/v1/Job", IMAGE, true],
  ["batch/v1/Job", "spec.templates", false],
  ["batch/v1/Job", "spec.parallelism", true],
  ["batch/v1/Job", "spec.backoffLimit", false],
  ["batch/v1/Job", "spec", true], // Unknown: it may contain the template.
  ["v1/ConfigMap", 'data["file.conf"]', true],
  ["v1/ConfigMap", "metadata.labels.a", false],
  ["v1/Secret", "stringData.KEY", true],
  ["v1/Service", "spec.type", false],
  ["v1/Service", "spec.clusterIP", true],
  ["apps/v1/Deployment", IMAGE, false],
  ["apps/v1/Deployment", "spec.selector.matchLabels.app", true],
  ["apps/v1/Deployment", "metadata.name", true],
  ["scheduling.k8s.io/v1/PriorityClass", "value", false],
])("a change of %s at %s replaces it: %s", (kind, path, replaces) => {
  expect(replacesOn(kind, path)).toBe(replaces);
});

describe("an object is replaced by what is really another value", () => {
  const secret = (value: unknown) => ({ metadata: { name: "a" }, stringData: value });
  const replaced = (older: unknown, newer: unknown, ignored: readonly string[] = []) =>
    replacesObject("v1/Secret", secret(older), secret(newer), ignored);

  test.each([
    ["the same, secret now", { KEY: "a" }, new Secret({ KEY: "a" }), false],
    ["another secret", new Secret({ KEY: "a" }), new Secret({ KEY: "b" }), true],
    ["a key more", { KEY: "a" }, { KEY: "a", OTHER: "b" }, true],
    ["unknown yet", { KEY: "a" }, UNKNOWN, true],
    ["one value unknown yet", { KEY: "a" }, { KEY: UNKNOWN }, true],
  ])("%s", (_name, older, newer, expected) => {
    expect(replaced(older, newer)).toBe(expected);
  });

  test("and not by what the program ignores", () => {
    expect(replaced({ KEY: "a" }, { KEY: "b" }, ["stringData"])).toBe(false);
  });
});

describe("the provider is replaced by another cluster alone", () => {
  const config = (clusterIdentifier: unknown, more = {}) => ({ clusterIdentifier, ...more });
  test.each([
    ["another credential", config("a", { kubeconfig: "1" }), config("a"), false],
    ["an option more", config("a"), config("a", { enablePatchForce: "true" }), false],
    ["another cluster", config("a"), config("b"), true],
    ["a cluster that is yet to be", config("a"), config(UNKNOWN), true],
  ])("%s", (_name, older, newer, expected) => {
    expect(replacesProvider(older, newer)).toBe(expected);
  });

  test("and a provider without an identifier is refused, since then anything might", () => {
    expect(() => replacesProvider({ kubeconfig: "1" }, config("a"))).toThrow(
      /has no clusterIdentifier/u,
    );
  });
});
