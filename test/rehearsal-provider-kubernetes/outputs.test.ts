import { describe, expect, test } from "vitest";
import { markSecrets, outputsOf } from "../../rehearsal/providers/kubernetes/outputs.ts";
import type { Properties } from "../../rehearsal/providers/provider.ts";
import { reveal, Secret } from "../../rehearsal/providers/values.ts";

const outputs = (live: Properties, inputs: Properties): Properties =>
  outputsOf(live, inputs, "pulumi-kubernetes-1234");

describe("the state never holds in the clear what was a secret", () => {
  test("a Secret's data, whoever put it there", () => {
    const live = { kind: "Secret", type: "Opaque", data: { KEY: "aHVudGVyMg==" } };
    for (const inputs of [{}, { data: { KEY: new Secret("aHVudGVyMg==") } }]) {
      const found = outputs(live, inputs);
      expect(found["data"]).toBeInstanceOf(Secret);
      expect(reveal(found["data"])).toEqual(live.data);
      expect(found["type"]).toBe("Opaque");
    }
  });

  test("a Secret's data that went in as text", () => {
    const found = outputs(
      { kind: "Secret", data: { KEY: "aHVudGVyMg==" } },
      { stringData: new Secret({ KEY: "hunter2" }) },
    );
    expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMg/u);
  });

  test.each<[string, Properties, Properties]>([
    ["a field", { data: { a: "hunter2", b: "open" } }, { data: { a: new Secret("hunter2") } }],
    ["a whole object", { data: { a: "hunter2" } }, { data: new Secret({ a: "hunter2" }) }],
    [
      "a field in a list",
      { spec: { env: [{ name: "A" }, { name: "B", value: "hunter2" }] } },
      { spec: { env: [{ name: "A" }, { name: "B", value: new Secret("hunter2") }] } },
    ],
  ])("%s that went in as one", (_name, live, inputs) => {
    const found = outputs({ kind: "ConfigMap", ...live }, inputs);
    expect(JSON.stringify(found)).not.toContain("hunter2");
    expect(reveal(found)).toMatchObject(live);
  });

  test("and marks nothing else, or a plan would show nothing", () => {
    const live = { kind: "ConfigMap", data: { a: "hunter2", b: "open" } };
    const inputs = { data: { a: new Secret("hunter2"), b: "open" } };
    expect(outputs(live, inputs)["data"]).toMatchObject({ b: "open" });
  });

  test("nor what is a secret already, twice", () => {
    const secret = new Secret("hunter2");
    expect(markSecrets(secret, new Secret("hunter2"))).toBe(secret);
  });
});

test("the next update applies as the same manager, or the server would call its own fields another's", () => {
  expect(outputs({ kind: "ConfigMap" }, {})["__fieldManager"]).toBe("pulumi-kubernetes-1234");
});

test("who owns which field changes with each apply and is no difference", () => {
  const live = { kind: "ConfigMap", metadata: { name: "a", managedFields: [{ manager: "x" }] } };
  expect(outputs(live, {})["metadata"]).toEqual({ name: "a" });
  expect(live.metadata.managedFields).toHaveLength(1); // The live object is somebody else's, too.
});
