import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StateResource } from "../../ops/recover/state.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { Cloud, type Made } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { recoverOver } from "./recover-world.ts";

/**
 * A resource that was created twice, because a cloud did not show the first. Both are reported
 * without names.
 */

const MONITOR = "digitalocean:index/monitorAlert:MonitorAlert";
const CHECK = "digitalocean:index/uptimeCheck:UptimeCheck";
const ALERT = "digitalocean:index/uptimeAlert:UptimeAlert";
const KEY = "digitalocean:index/spacesKey:SpacesKey";
const mail = { emails: ["admin@example.social"], slacks: [] };
const INPUTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  [MONITOR]: {
    type: "v1/dbaas/alerts/cpu_alerts",
    description: "Postgres: CPU",
    compare: "GreaterThan",
    value: 90,
    window: "10m",
    entities: ["one"],
    alerts: mail,
    enabled: true,
  },
  [CHECK]: { name: "Mastodon: web", target: "https://example.social/health", type: "https" },
  [ALERT]: {
    name: "Mastodon: web down",
    type: "down_global",
    threshold: 1,
    comparison: "less_than",
    period: "5m",
    notifications: [mail],
  },
  [KEY]: { name: "Mastodon: media", grants: [{ bucket: "b", permission: "readwrite" }] },
};

const PATHS: Readonly<Record<string, string>> = {
  [MONITOR]: "/v2/monitoring/alerts",
  [CHECK]: "/v2/uptime/checks",
  [ALERT]: "/v2/uptime/checks/{check_id}/alerts",
};

let cloud: Cloud;
let rest: RestFaces;
let resources: StateResource[];
let said: string;
let checkId: string;

const inState = (name: string, { ref, id, inputs, outputs }: Made): StateResource => ({
  urn: `urn:pulumi:prod::mastodon::${ref.type}::${name}`,
  type: ref.type,
  id,
  inputs,
  outputs,
});
const make = async (type: string, other: object = {}): Promise<Made> =>
  await cloud.make(type, "thing", {
    ...INPUTS[type],
    ...(type === ALERT ? { checkId } : {}),
    ...other,
  });

beforeEach(async () => {
  cloud = new Cloud();
  rest = await openRest(cloud.world);
  said = "";
  const vpc = await cloud.make(types.VPC, "network-vpc", { ...types.vpcInputs });
  const tag = await cloud.make(types.TAG, "network-stack", {});
  const check = await make(CHECK);
  checkId = check.id;
  resources = [inState("vpc", vpc), inState("tag", tag), inState("check", check)];
  for (const type of [MONITOR, ALERT, KEY]) resources.push(inState(type, await make(type)));
});
afterEach(async () => {
  await rest.close();
});

async function recover(): Promise<boolean> {
  return await recoverOver(rest, ["--yes"], {
    state: () => ({ version: 3, deployment: { resources } }),
    write: () => {},
    say: (text) => (said += `${text}\n`),
  });
}

const idsOf = (type: string): readonly string[] => cloud.world.find(type).map(({ id }) => id);
const heldOf = (type: string): readonly string[] =>
  resources.flatMap((each) => (each.type === type && each.id !== undefined ? [each.id] : []));

describe.each([MONITOR, CHECK, ALERT])("%s", (type) => {
  it("that is there twice: the one that the state does not hold is named and deleted", async () => {
    const { id } = await make(type);
    expect(await recover(), said).toBe(true);
    expect(said).toContain(`there twice: ${id}`);
    expect(idsOf(type)).toEqual(heldOf(type));
  });

  it("of other words is somebody else's, and stays", async () => {
    const word = type === MONITOR ? "description" : "name";
    await make(type, { [word]: "Another" });
    expect(await recover(), said).toBe(true);
    expect(idsOf(type)).toHaveLength(2);
  });

  it("is not taken for one while its cloud does not answer: nothing is deleted", async () => {
    await make(type);
    rest.digitalocean.faults.add({ path: PATHS[type]!, does: { kind: "answer", status: 503 } });
    expect(await recover()).toBe(false);
    expect(said).toMatch(/is there twice is not known: /u);
    expect(idsOf(type)).toHaveLength(2);
  });
});

it("just adopted, and in the state by its import id, is none", async () => {
  resources = resources.map((each) =>
    each.type === ALERT ? { ...each, id: `${checkId},${each.id}` } : each,
  );
  expect(await recover(), said).toBe(true);
  expect(idsOf(ALERT)).toHaveLength(1);
});

it("a key that is there twice is named, with the place to delete it: its secret may be in use", async () => {
  const { id } = await make(KEY);
  expect(await recover(), said).toBe(true);
  expect(said).toMatch(
    new RegExp(`left over: ${id}.*Delete it in DigitalOcean's control panel`, "u"),
  );
  expect(idsOf(KEY)).toHaveLength(2);
});
