import { describe, expect, test } from "vitest";
import {
  isAutonamed,
  metadataOf,
  withName,
} from "../../rehearsal/providers/kubernetes/autoname.ts";
import type { Properties } from "../../rehearsal/providers/provider.ts";
import { reveal, Secret, UNKNOWN } from "../../rehearsal/providers/values.ts";

const SEED = new Uint8Array([1, 2, 3]);
const nameOf = (object: Properties): unknown => metadataOf(object)["name"];
const named = (object: Properties, olds?: Properties, seed = SEED): Properties =>
  withName("web", olds, object, seed);

describe("an update under another name than the preview showed", () => {
  test("one seed is one name", () => {
    expect(nameOf(named({}))).toMatch(/^web-[0-9a-f]{8}$/u);
    expect(named({})).toEqual(named({}));
  });
  test("another seed is another name, so that a successor can stand beside the old one", () => {
    expect(nameOf(named({}, undefined, new Uint8Array([4])))).not.toBe(nameOf(named({})));
  });
});

test("an object is not renamed by an update: the name that Pulumi made stays", () => {
  const old = named({});
  const update = named({ metadata: { labels: { a: "b" } } }, old, new Uint8Array([9]));
  expect(nameOf(update)).toBe(nameOf(old));
  expect(isAutonamed(update)).toBe(true);
});

test("a given name that is given no longer is not taken for one that Pulumi made", () => {
  expect(nameOf(named({}, { metadata: { name: "given" } }))).toMatch(/^web-[0-9a-f]{8}$/u);
});

describe("a given name is not touched", () => {
  test.each([
    ["text", "mastodon"],
    ["unknown yet", UNKNOWN],
  ])("%s", (_name, name) => {
    const inputs = { metadata: { name, labels: { a: "b" } } };
    expect(named(inputs, named({}))).toBe(inputs);
    expect(isAutonamed(inputs)).toBe(false);
  });
  test("in metadata that is unknown as a whole", () => {
    const inputs = { metadata: UNKNOWN };
    expect(named(inputs)).toBe(inputs);
  });
  test("in metadata that is secret as a whole", () => {
    const inputs = { metadata: new Secret({ name: "mastodon" }) };
    expect(named(inputs)).toBe(inputs);
  });
});

test("secret metadata stays secret, and whole, when it gets a name", () => {
  const { metadata } = named({ metadata: new Secret({ labels: { a: "b" } }) });
  expect(metadata).toBeInstanceOf(Secret);
  expect(reveal(metadata)).toMatchObject({
    labels: { a: "b" },
    name: expect.stringMatching(/^web-[0-9a-f]{8}$/u),
  });
});

test("labels and annotations that stand beside a made name survive it", () => {
  const inputs = { metadata: { labels: { a: "b" }, annotations: { c: "d" } } };
  expect(named(inputs)["metadata"]).toMatchObject({
    labels: { a: "b" },
    annotations: { c: "d", "pulumi.com/autonamed": "true" },
  });
});

test("a name that production would refuse is not put right here: upper case stays", () => {
  expect(nameOf(withName("Web", undefined, {}, SEED))).toMatch(/^Web-/u);
});

test("generateName, which the engine could not predict, is refused and named", () => {
  expect(() => named({ metadata: { generateName: "web-" } })).toThrow(
    /^web has metadata\.generateName/u,
  );
});
