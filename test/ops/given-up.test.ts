import { describe, expect, test } from "vitest";
import { anewRefusals, keptBy, type KeptThings } from "../../domain/kept.ts";
import { parseConfig } from "../../input/parse.ts";
import type { StackExport, StateResource } from "../../ops/recover/state.ts";
import { withoutClusters, withoutOldWorld } from "../../ops/recover/taken-out.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { readStackFile } from "../../plan/stack-file.ts";

/**
 * Resources that an operator has given up by a command: the next update creates them without a
 * question.
 */

const CONFIG = parseConfig(readStackFile());
const STACK = "pulumi:pulumi:Stack";

function entry(type: string, name: string, more: Partial<StateResource> = {}): StateResource {
  return { urn: `urn:pulumi:prod::mastodon::${type}::${name}`, type, id: `id-of-${name}`, ...more };
}

const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";
const state = (...without: readonly string[]): StackExport => ({
  version: 3,
  deployment: {
    resources: [
      entry(STACK, "mastodon-prod", { outputs: { url: "u", running: { kept: keptBy(CONFIG) } } }),
      entry(types.TAG, "network-nodes"),
      entry(FIREWALL, "f", { inputs: { rules: [{ type: "tag", value: "id-of-network-nodes" }] } }),
      entry(types.CLUSTER, "cluster-doks", { id: "gone" }),
      entry(types.NODE_POOL, "cluster-workloads", { inputs: { clusterId: "gone" } }),
      entry("pulumi:providers:kubernetes", "k", { inputs: { clusterIdentifier: "gone" } }),
    ].filter(({ urn }) => !without.some((name) => urn.endsWith(`::${name}`))),
  },
});

/** Names that the update after it would refuse to create. */
function refused({ deployment }: StackExport): readonly string[] {
  const { running } = deployment.resources?.[0]?.outputs as { running: { kept: KeptThings } };
  return [...anewRefusals(running.kept, CONFIG).keys()];
}

const GONE = new Set(["gone"]);
const PARTS = ["cluster-doks", "cluster-workloads"];

test("before it all of it is refused", () => {
  expect(refused(state())).toEqual(expect.arrayContaining([...PARTS, "network-nodes"]));
});

describe("a cluster that is gone", () => {
  test.each([
    ["with its parts in the state", []],
    ["which a refresh has taken out before", PARTS],
  ])("%s is made anew, and nothing else", (_when, without) => {
    const { left } = withoutClusters(state(...without), GONE);
    expect(refused(left)).toEqual(refused(state()).filter((name) => !PARTS.includes(name)));
    expect(left.deployment.resources?.[0]?.outputs).toHaveProperty("url", "u");
  });

  test("beside its successor is made no second time", () => {
    const { left } = withoutClusters(state(), new Set(["another"]));
    expect(refused(left)).toEqual(refused(state()));
  });
});

test("of an old world that is shut out the tag of its nodes is made anew, too", () => {
  const { left } = withoutOldWorld(state(), GONE);
  const given = [...PARTS, "network-nodes"];
  expect(refused(left)).toEqual(refused(state()).filter((name) => !given.includes(name)));
});
