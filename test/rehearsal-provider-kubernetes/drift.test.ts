import { expect, test } from "vitest";
import { inputsAsFound } from "../../rehearsal/providers/kubernetes/drift.ts";

const inputs = {
  metadata: { name: "web" },
  spec: { replicas: 2, template: { containers: [{ name: "puma", cpu: "0.5" }] } },
};
const wanted = {
  metadata: { name: "web" },
  spec: { replicas: 2, paused: false, template: { containers: [{ name: "puma", cpu: "500m" }] } },
};

test("what the server only writes differently is no change, or every refresh would show one", () => {
  expect(inputsAsFound(inputs, wanted, wanted)).toBe(inputs);
});

test("what somebody changed by hand shows, at its place alone", () => {
  const live = { ...wanted, spec: { ...wanted.spec, replicas: 3 } };
  expect(inputsAsFound(inputs, live, wanted)).toEqual({
    ...inputs,
    spec: { ...inputs.spec, replicas: 3 },
  });
});

test("a container that somebody added shows as the whole list", () => {
  const containers = [{ name: "puma", cpu: "500m" }, { name: "debug" }];
  const live = { ...wanted, spec: { ...wanted.spec, template: { containers } } };
  expect(inputsAsFound(inputs, live, wanted)).toMatchObject({ spec: { template: { containers } } });
});

test("a Secret's stringData, which the server keeps as data, is left alone", () => {
  const secret = { stringData: { a: "b" } };
  expect(inputsAsFound(secret, { data: { a: "Yg==" } }, { data: { a: "Yw==" } })).toEqual(secret);
});
