import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { RUNNER_IMAGES, stagesYaml } from "../../kubernetes/stages.ts";

interface Stage {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly kind: string };
    readonly selector: {
      readonly matchExpressions: readonly {
        readonly jq: {
          readonly key: string;
          readonly operator: string;
          readonly values?: string[];
        };
      }[];
    };
    readonly steps: readonly {
      readonly patch?: { readonly template: string };
      readonly delete?: true;
    }[];
  };
}

const stagesOf = (text: string) =>
  parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Stage;
  });
const requirements = (stage: Stage) => stage.spec.selector.matchExpressions.map(({ jq }) => jq);
const stages = stagesOf(stagesYaml());
const named = (name: string): Stage => {
  const found = stages.find((stage) => stage.metadata.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
};

describe("the stages that kwok reads", () => {
  it("are its objects, each with something to do", () => {
    expect(stages.map((stage) => stage.metadata.name)).toEqual([
      "node-ready",
      "node-heartbeat",
      "pod-ready",
      "pod-image-missing",
      "pod-crashing",
      "pod-complete",
      "pod-delete",
      "pod-delete-of-runner",
    ]);
    for (const stage of stages) {
      expect([stage.apiVersion, stage.kind]).toEqual(["kwok.x-k8s.io/v1alpha1", "Stage"]);
      expect(stage.spec.steps).toHaveLength(1);
      for (const { patch } of stage.spec.steps)
        if (patch)
          expect(patch.template.match(/\{\{ (?:range|if|with) /g)?.length).toBe(
            patch.template.match(/\{\{ end \}\}/g)?.length,
          );
    }
  });

  it("no operator is given values that kwok refuses", () => {
    for (const { operator, values } of stages.flatMap(requirements))
      expect(values === undefined).toBe(operator === "Exists" || operator === "DoesNotExist");
  });
});

describe("a Pod whose program runs for real is not declared done by a fake", () => {
  it.each(["pod-ready", "pod-complete", "pod-delete"])("%s leaves runner images alone", (name) => {
    const excluded = requirements(named(name)).filter((each) => each.operator === "DoesNotExist");
    for (const image of RUNNER_IMAGES)
      expect(excluded).toContainEqual(
        expect.objectContaining({ key: expect.stringContaining(`test(${JSON.stringify(image)})`) }),
      );
  });

  it("a deleted one goes only when its program doesn't run", () => {
    expect(requirements(named("pod-delete-of-runner"))).toContainEqual({
      key: ".status.phase",
      operator: "NotIn",
      values: ["Running"],
    });
  });

  it("init containers count, and a Pod without any is no error (kwok takes an error for `no such image`)", () => {
    const key = requirements(named("pod-ready")).find((each) => each.key.includes("test("))?.key;
    expect(key).toContain("(.spec.initContainers // [])");
    expect(key).toContain('.image // ""');
  });

  it.each([
    ["postgres:17.6", true],
    ["docker.io/library/postgres:17.6-alpine@sha256:00", true],
    ["docker.io/nginxinc/nginx-unprivileged:1.29.8-alpine", true],
    ["ghcr.io/mastodon/mastodon:edge", false],
    ["quay.io/x/my-postgres:1", false],
    ["quay.io/x/postgres-exporter:1", false],
  ])("%s runs for real: %s", (image, real) => {
    expect(RUNNER_IMAGES.some((pattern) => new RegExp(pattern).test(image))).toBe(real);
  });

  it("without runner images every Pod is faked", () => {
    const all = stagesOf(stagesYaml([]));
    expect(all.map((stage) => stage.metadata.name)).not.toContain("pod-delete-of-runner");
    expect(stagesYaml([])).not.toContain("test(");
  });
});

describe("a failed image pull stays failed", () => {
  it("pod-ready skips a Pod whose container waits for a reason", () => {
    expect(requirements(named("pod-ready"))).toContainEqual({
      key: ".status.containerStatuses[]?.state.waiting.reason",
      operator: "DoesNotExist",
    });
  });
});
