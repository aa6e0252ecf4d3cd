import { describe, expect, it } from "vitest";
import type { Properties } from "../../providers/provider.ts";
import { UNKNOWN } from "../../../plan/values.ts";
import {
  ACCOUNT_TOKEN,
  CLUSTER,
  clusterInputs,
  NODE_POOL,
  PROJECT,
  SPACES_BUCKET,
  TAG,
  VPC,
  spaceInputs,
  tokenInputs,
  vpcInputs,
  withSpacesKeys,
} from "./standard.ts";
import { Cloud, type Made } from "./cloud.ts";

/** Imports as the engine does: a read without inputs. */
async function imported(cloud: Cloud, made: Made, id = made.id) {
  const provider = await cloud.provider(made.ref.type);
  return await provider.read(made.ref, id, { inputs: undefined, outputs: {} });
}

describe("a name that changes because nobody gives it any more", () => {
  it("an import's stays, counts as made, and the next replacement is made first", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(VPC, "net", { ...vpcInputs, name: "by-hand" });
    const found = await imported(cloud, made);
    const state = { ...made, inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
    const inputs = await cloud.check(VPC, "net", vpcInputs, state.inputs);
    expect(inputs).toMatchObject({ name: "by-hand", __defaults: ["name"] });
    expect(await cloud.diff(state, vpcInputs)).toMatchObject({ changes: false, replaces: [] });
    const moved = await cloud.diff(state, { ...vpcInputs, region: "ams3" });
    expect(moved).toMatchObject({ replaces: ["region"], deleteBeforeReplace: false });
  });

  it("a given tag's, which is its id", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(TAG, "nodes", { name: "given" });
    expect(await cloud.diff(made, {})).toMatchObject({ changes: false });
  });
});

describe("a default that the provider does not write", () => {
  it.each([
    [
      CLUSTER,
      clusterInputs,
      ["destroyAllAssociatedResources", "registryIntegration"],
      ["surgeUpgrade"],
    ],
    [SPACES_BUCKET, spaceInputs, ["forceDestroy"], ["acl"]],
  ] as const)("of %s", async (type, news, zeros, others) => {
    const cloud = new Cloud();
    await withSpacesKeys(cloud);
    const made = await cloud.make(type, "it", news);
    for (const key of zeros) {
      expect(made.inputs).not.toHaveProperty(key);
      expect(made.outputs).toHaveProperty(key, false);
    }
    expect(made.inputs).toMatchObject({ __defaults: expect.arrayContaining([...others]) });
    expect(await cloud.diff(made, news)).toMatchObject({ changes: false });
    // A value that an older provider wrote stays.
    const [zero] = zeros;
    const older = { ...made.inputs, [zero]: false, __defaults: [zero] };
    expect(await cloud.check(type, "it", news, older)).toHaveProperty(zero, false);
  });
});

describe("a preview that knows less, or more, than the real one", () => {
  it.each<readonly [string, Properties, string, unknown]>([
    [PROJECT, {}, "isDefault", false],
    [
      NODE_POOL,
      { clusterId: "one", size: "s-4vcpu-8gb", autoScale: true, minNodes: 1, maxNodes: 3 },
      "nodeCount",
      null,
    ],
    [NODE_POOL, { clusterId: "one", size: "s-4vcpu-8gb", nodeCount: 2 }, "nodeCount", 2],
    [ACCOUNT_TOKEN, tokenInputs, "value", UNKNOWN],
  ])("%s %j: %s", async (type, inputs, key, value) => {
    expect(await new Cloud().preview(type, "it", inputs)).toHaveProperty(key, value);
  });
});
