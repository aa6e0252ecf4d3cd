import { describe, expect, test } from "vitest";
import { wishesOf } from "../../rehearsal/providers/kubernetes/annotations.ts";
import { Secret } from "../../rehearsal/providers/values.ts";

const wishes = (annotations: Readonly<Record<string, unknown>>) =>
  wishesOf({ metadata: { annotations } });
const NONE = {
  skipAwait: false,
  timeoutSeconds: undefined,
  replaceUnready: false,
  patchForce: false,
};

describe("an annotation does here what it does in production", () => {
  test.each([
    ["none of Pulumi's", { "app.kubernetes.io/name": "x", "notpulumi.com/skipAwait": "true" }, {}],
    ["skipAwait", { "pulumi.com/skipAwait": "true" }, { skipAwait: true }],
    ["skipAwait, switched off", { "pulumi.com/skipAwait": "false" }, {}],
    ["timeoutSeconds", { "pulumi.com/timeoutSeconds": "900" }, { timeoutSeconds: 900 }],
    ["replaceUnready", { "pulumi.com/replaceUnready": "true" }, { replaceUnready: true }],
    ["patchForce", { "pulumi.com/patchForce": "true" }, { patchForce: true }],
    ["autonamed", { "pulumi.com/autonamed": "true" }, {}],
  ])("%s", (_name, annotations, wanted) => {
    expect(wishes(annotations)).toEqual({ ...NONE, ...wanted });
  });

  test("an object without metadata wishes nothing", () => {
    expect(wishesOf({})).toEqual(NONE);
  });

  test("one in annotations that are secret as a whole is read, too", () => {
    expect(
      wishesOf({ metadata: { annotations: new Secret({ "pulumi.com/skipAwait": "true" }) } }),
    ).toEqual({ ...NONE, skipAwait: true });
  });
});

test("an annotation that would do nothing here and something in production is refused by name", () => {
  expect(() => wishes({ "pulumi.com/waitFor": "condition=Ready" })).toThrow(
    "does not know the annotation pulumi.com/waitFor",
  );
});

describe("a time that is no number is refused, instead of never being over", () => {
  test.each(["soon", "", "10m", "-1", "0"])("%j", (text) => {
    expect(() => wishes({ "pulumi.com/timeoutSeconds": text })).toThrow(
      `pulumi.com/timeoutSeconds is ${JSON.stringify(text)}`,
    );
  });
});
