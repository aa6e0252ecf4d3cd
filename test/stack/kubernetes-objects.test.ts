import { describe, expect, test, vi } from "vitest";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { reveal, Secret } from "../../plan/values.ts";
import { EVERY_OPTION } from "../config/every-option.ts";
import { holdsMark, ofType, podsOf, templateOf, textsOf } from "./views.ts";

/** Mistakes that the Kubernetes provider accepts silently. */

const PLANS: readonly (readonly [string, Plan])[] = [
  ["production", await planStack()],
  ["every option", await planStack({ ...readStackFile(), ...EVERY_OPTION })],
];

/** The provider's annotations that the stack uses, each with its valid values. */
const ANNOTATIONS: Readonly<Record<string, RegExp>> = {
  "pulumi.com/skipAwait": /^true$/u,
  "pulumi.com/replaceUnready": /^true$/u,
  "pulumi.com/timeoutSeconds": /^[1-9]\d*$/u,
};

/** The provider's options that the stack uses. Any other would be accepted, right or wrong. */
const OPTIONS = ["clusterIdentifier", "deleteUnreachable", "enablePatchForce", "kubeconfig"];

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const metadataOf = ({ inputs }: PlannedResource): Metadata =>
  (reveal(inputs["metadata"]) ?? {}) as Metadata;

const objectsOf = (plan: Plan): readonly PlannedResource[] => {
  const objects = plan.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  if (objects.length < 50) throw new Error(`The plan holds only ${objects.length} objects.`);
  return objects;
};

/** Annotations of an object that the provider would not understand. */
function misunderstood(annotations: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(annotations)
    .filter(([name]) => name.startsWith("pulumi.com/"))
    .filter(([name, value]) => ANNOTATIONS[name]?.test(value) !== true)
    .map(([name, value]) => `${name}: ${value}`);
}

/** Paths of secrets inside a list: one makes the whole list secret, and its diff unreadable. */
function secretsInLists(value: unknown, path: string, inList = false): readonly string[] {
  if (value instanceof Secret) return inList ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretsInLists(inner, `${path}.${key}`, inList || Array.isArray(value)),
  );
}

describe.each(PLANS)("the Kubernetes objects of %s", (_name, plan) => {
  test("have no annotation that the provider ignores or misreads", () => {
    const wrong = objectsOf(plan).flatMap((object) =>
      misunderstood(metadataOf(object).annotations ?? {}).map((each) => `${object.name} ${each}`),
    );
    expect(wrong).toEqual([]);
  });

  test("have names of their own: of two with one name the second takes the first one over", () => {
    const names = objectsOf(plan).flatMap((object) => {
      const { name, namespace = "" } = metadataOf(object);
      return name === undefined ? [] : [`${object.type} ${namespace}/${name}`];
    });
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("hold no secret that the program forgot to mark, which the provider would mark", () => {
    const open = objectsOf(plan).flatMap((object) =>
      [...textsOf(object.inputs)]
        .filter(({ text }) => holdsMark(text))
        .map(({ path }) => `${object.name}${path}`),
    );
    expect(open).toEqual([]);
  });

  test("hold no secret in a list of a pod template, which would hide all of its containers", () => {
    const pods = podsOf(plan);
    expect(pods.flatMap(({ owner, name }) => secretsInLists(templateOf(owner), name))).toEqual([]);
  });

  test("are made by a provider with known options", () => {
    const [provider] = ofType(plan, "pulumi:providers:kubernetes");
    expect(Object.keys(provider!.inputs).sort()).toEqual(OPTIONS);
  });

  test("take back what somebody changed by hand, of every kind", () => {
    const [provider] = ofType(plan, "pulumi:providers:kubernetes");
    // A rehearsal always sets the variable of this option, independent of the program.
    expect(provider!.inputs["enablePatchForce"]).toBe("true");
  });

  test("stay in the state while their cluster does not answer, whatever a shell sets", async () => {
    vi.stubEnv("PULUMI_K8S_DELETE_UNREACHABLE", "true");
    const [provider] = ofType(await planStack(), "pulumi:providers:kubernetes");
    expect(provider!.inputs["deleteUnreachable"]).toBe("false");
    vi.unstubAllEnvs();
  });
});

describe("these tests see", () => {
  test.each([
    ["an annotation that nobody knows", { "pulumi.com/waitFor": "jsonpath={.status}" }],
    ["one that is spelled wrongly", { "pulumi.com/skipawait": "true" }],
    ["a time that is none", { "pulumi.com/timeoutSeconds": "10m" }],
    ["a switch that is off by a word", { "pulumi.com/replaceUnready": "yes" }],
  ])("%s", (_name, annotations) => {
    expect(misunderstood(annotations)).toHaveLength(1);
  });

  test("a secret in a container's environment", () => {
    const spec = { containers: [{ env: [{ name: "TOKEN", value: new Secret("t") }] }] };
    expect(secretsInLists(spec, "web")).toEqual(["web.containers.0.env.0.value"]);
  });
});
