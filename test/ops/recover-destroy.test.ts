import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackExport } from "../../ops/recover/state.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { Cloud, type Made } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { recoverOver } from "./recover-world.ts";

/** An interrupted destroy: its last resources are deleted, and the state still has them. */

let cloud: Cloud;
let rest: RestFaces;
let state: StackExport;
let said: string;

beforeEach(async () => {
  cloud = new Cloud();
  rest = await openRest(cloud.world);
  said = "";
});
afterEach(async () => {
  await rest.close();
});

async function make(type: string, name: string, inputs: object) {
  const made: Made = await cloud.make(type, name, { ...inputs });
  return {
    object: cloud.world.get(type, made.id)!,
    resource: {
      urn: `urn:pulumi:prod::mastodon::${type}::${name}`,
      type,
      id: made.id,
      inputs: made.inputs,
      outputs: made.outputs,
    },
  };
}

/** The network and the stack's tag, both in the state, with pending deletes. */
async function last(): Promise<Awaited<ReturnType<typeof make>>[]> {
  const both = [
    await make(types.VPC, "network-vpc", types.vpcInputs),
    await make(types.TAG, "network-stack", {}),
  ];
  const resources = both.map(({ resource }) => resource);
  const pending_operations = resources.map((resource) => ({ type: "deleting", resource }));
  state = { version: 3, deployment: { resources, pending_operations } };
  return both;
}

async function recover(): Promise<boolean> {
  return await recoverOver(rest, ["--yes"], {
    state: () => state,
    write: (after) => (state = after),
    say: (text) => (said += `${text}\n`),
  });
}

describe("a destroy cut off at its last deletes, which can't be gone on with", () => {
  it("what it was deleting is no proof of the account: recovery ends well", async () => {
    for (const { object } of await last()) cloud.world.remove(object);
    expect(await recover(), said).toBe(true);
    expect(state.deployment.pending_operations).toEqual([]);
    expect(said).toContain("pulumi destroy --stack prod --refresh");
  });

  it("recovery typed twice ends in the line that goes on", async () => {
    for (const { object } of await last()) cloud.world.remove(object);
    await recover();
    expect(await recover()).toBe(false);
    expect(said).toMatch(/cut off: pulumi destroy --stack prod --refresh\.\n$/u);
  });

  it("before their effect: they are in the state, so they are no left-overs", async () => {
    await last();
    expect(await recover(), said).toBe(true);
  });

  it("a network that nobody was deleting still proves the account", async () => {
    const [network] = await last();
    const { resources } = state.deployment;
    state = { ...state, deployment: { resources: resources!, pending_operations: [] } };
    cloud.world.remove(network!.object);
    expect(await recover()).toBe(false);
    expect(said).toContain("it may be another account's");
  });
});
