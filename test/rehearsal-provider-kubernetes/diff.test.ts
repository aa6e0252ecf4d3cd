import { describe, expect, test } from "vitest";
import { diffOf } from "../../rehearsal/providers/kubernetes/diff.ts";
import { replacesOn } from "../../rehearsal/providers/kubernetes/replace-rules.ts";
import type { Properties } from "../../rehearsal/providers/provider.ts";
import { Secret, UNKNOWN } from "../../rehearsal/providers/values.ts";

const IMAGE = "spec.template.spec.containers[0].image";

describe("a change that Kubernetes refuses in place is planned as a replacement, and no other", () => {
  test.each([
    ["batch/v1/Job", IMAGE, true],
    ["batch/v1/Job", "spec.template", true],
    ["batch/v1/Job", "spec.templates", false],
    ["batch/v1/Job", "spec.backoffLimit", false],
    ["batch/v1/Job", "spec", true], // All of it, unknown yet: the template may be among it.
    ["v1/ConfigMap", "data.KEY", true],
    ["v1/ConfigMap", 'data["file.conf"]', true],
    ["v1/ConfigMap", "metadata.labels.a", false],
    ["v1/Secret", "stringData", true],
    ["v1/Secret", "type", true],
    ["v1/Service", "spec.type", true],
    ["v1/Service", "spec.ports[0].port", false],
    ["apps/v1/Deployment", IMAGE, false],
    ["apps/v1/Deployment", "spec.replicas", false],
    ["apps/v1/Deployment", "spec.selector.matchLabels.app", true],
    ["apps/v1/Deployment", "metadata.name", true],
    ["apps/v1/Deployment", "metadata.namespace", true],
    ["v1/Namespace", "metadata.name", true],
    ["v1/Namespace", 'metadata.labels["a.b/c"]', false],
  ])("%s %s: %s", (kind, path, replaces) => {
    expect(replacesOn(kind, path)).toBe(replaces);
  });

  test("a kind that nobody looked up is no silent update", () => {
    expect(() => replacesOn("apps/v1/StatefulSet", "spec.replicas")).toThrow(
      "does not know what a change of apps/v1/StatefulSet replaces",
    );
  });
});

const deployment = (container: Properties, more: Properties = {}): Properties => ({
  metadata: { name: "web", annotations: {} },
  spec: { template: { spec: { containers: [container] } }, ...more },
});
const ENV = `${IMAGE.replace(".image", "")}.env`;

describe("the path of a change is told, however deep", () => {
  test.each<[string, Properties, Properties, Record<string, string>]>([
    ["none", deployment({ image: "a" }), deployment({ image: "a" }), {}],
    ["update", deployment({ image: "a" }), deployment({ image: "b" }), { [IMAGE]: "update" }],
    [
      "unknown yet",
      deployment({ image: "a" }),
      deployment({ image: UNKNOWN }),
      { [IMAGE]: "update" },
    ],
    [
      "an item more",
      deployment({ env: [1] }),
      deployment({ env: [1, 2] }),
      { [`${ENV}[1]`]: "add" },
    ],
    [
      "an item less",
      deployment({ env: [1, 2] }),
      deployment({ env: [1] }),
      { [`${ENV}[1]`]: "delete" },
    ],
    [
      "a field less",
      deployment({}, { replicas: 2 }),
      deployment({}),
      { "spec.replicas": "delete" },
    ],
    [
      "a field that replaces",
      deployment({}, { selector: { a: "b" } }),
      deployment({}, { selector: { a: "c" } }),
      { "spec.selector.a": "update-replace" },
    ],
    [
      "a key with dots",
      { metadata: { name: "web", labels: { "a.b/c": "1" } } },
      { metadata: { name: "web", labels: { "a.b/c": "2" } } },
      { 'metadata.labels["a.b/c"]': "update" },
    ],
    [
      "a value that is secret now, and the same",
      deployment({ image: "a" }),
      deployment({ image: new Secret("a") }),
      {},
    ],
    [
      "another secret",
      deployment({ image: new Secret("a") }),
      deployment({ image: new Secret("b") }),
      { [IMAGE]: "update" },
    ],
  ])("%s", (_name, olds, news, detailed) => {
    const diff = diffOf("apps/v1/Deployment", olds, news, []);
    expect(diff.detailed).toEqual(detailed);
    expect(diff.changes).toBe(Object.keys(detailed).length > 0);
  });

  test("and never its value, which may be secret", () => {
    const diff = diffOf(
      "v1/Secret",
      { stringData: new Secret({ KEY: "old-hunter2" }) },
      { stringData: new Secret({ KEY: "new-hunter2" }) },
      [],
    );
    expect(diff.detailed).toEqual({ "stringData.KEY": "update-replace" });
    expect(diff.replaces).toEqual(["stringData"]);
    expect(JSON.stringify(diff)).not.toContain("hunter2");
  });
});

describe("what a program ignores is not changed, and its neighbours are", () => {
  const olds = { spec: { replicas: 2, replicasMax: 2, ports: [{ nodePort: 1 }] } };
  const news = { spec: { replicas: 3, replicasMax: 3, ports: [{ nodePort: 2 }] } };
  test.each([
    ["a field", ["spec.replicas"], ["spec.replicasMax", "spec.ports[0].nodePort"]],
    ["a list", ["spec.ports"], ["spec.replicas", "spec.replicasMax"]],
    ["an item", ["spec.ports[0]"], ["spec.replicas", "spec.replicasMax"]],
    ["a whole object", ["spec"], []],
  ])("%s", (_name, ignored, changed) => {
    const diff = diffOf("v1/Service", olds, news, ignored);
    expect(Object.keys(diff.detailed)).toEqual(changed);
    expect(diff.changes).toBe(changed.length > 0);
  });
});

describe("two objects of one name can't stand side by side; an outage without need is no better", () => {
  const config = (value: string, autonamed: boolean): Properties => ({
    metadata: {
      name: "settings",
      annotations: autonamed ? { "pulumi.com/autonamed": "true" } : {},
    },
    data: { KEY: value },
  });
  test.each([
    ["a given name is free before its successor comes", false, "2", true],
    ["a made name lets the successor come first", true, "2", false],
    ["nothing to replace is nothing to delete", false, "1", false],
  ])("%s", (_name, autonamed, value, first) => {
    const diff = diffOf("v1/ConfigMap", config("1", autonamed), config(value, autonamed), []);
    expect(diff.deleteBeforeReplace).toBe(first);
  });
});
