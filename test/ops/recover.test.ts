import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runRecover } from "../../ops/recover/command.ts";
import { FINDERS } from "../../ops/recover/finders.ts";
import type { StackExport, StateResource } from "../../ops/recover/state.ts";
import { cloudflareRows } from "../../rehearsal/clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../rehearsal/clouds/digitalocean/rows.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { reveal } from "../../plan/values.ts";
import { ACCOUNT, Cloud, refOf, ZONE, type Made } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { cloudsAt, recoverWorld, stateCli } from "./recover-world.ts";

const TYPES = [...digitaloceanRows.resources, ...cloudflareRows.resources].map(({ type }) => type);

/** Buckets of Spaces are only in the S3 API, which is not used here. */
const NOT_LOOKED_UP = [types.SPACES_BUCKET, types.SPACES_CORS];
const FOUND = Object.keys(FINDERS).filter((type) => rowOf(type).kind === "find");
const AGAIN = Object.keys(FINDERS).filter((type) => rowOf(type).kind === "again");
const TOLD_ONCE = [types.ACCOUNT_TOKEN, types.SPACES_KEY];
const ADOPTED = FOUND.filter((type) => !TOLD_ONCE.includes(type));

const planned = (await planStack()).resources;

let cloud: Cloud;
let rest: RestFaces;
let made: ReadonlyMap<string, Made>;
let said: string;
let state: StackExport;
/** The text that `pulumi stack import` received. */
let written: StackExport | undefined;
let locked: string | undefined;
/** Called while the clouds are read. */
let duringPlan: () => void;

beforeEach(async () => {
  cloud = new Cloud();
  cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "social.example" });
  made = await types.oneOfEach(cloud);
  rest = await openRest(cloud.world);
  [said, written, locked, duringPlan] = ["", undefined, undefined, () => {}];
});
afterEach(async () => {
  await rest.close();
});

/** A resource in the state's form, with its URN from production's plan if that has its type. */
function inState({ ref: { type }, inputs }: Made): StateResource & { readonly parent?: string } {
  const engineUrn = (urn: string): string => urn.replace("pulumi:pulumi:Stack$", "");
  const found = planned.find((each) => each.type === type);
  const plain = reveal(inputs) as Made["inputs"];
  return found === undefined
    ? { urn: refOf(type, "it").urn, type, inputs: plain }
    : { urn: engineUrn(found.urn), type, inputs: plain, parent: engineUrn(found.parent) };
}

/** State of an update that was interrupted at the create of this type; everything else is in it. */
function cutOffAt(type: string): StackExport {
  const others = [...made.values()].filter(({ ref }) => ref.type !== type);
  return {
    version: 3,
    deployment: {
      resources: others.map((each) => ({ ...inState(each), id: each.id, outputs: { held: true } })),
      pending_operations: [{ type: "creating", resource: inState(of(type)) }],
    },
  };
}

async function recover(...args: readonly string[]): Promise<boolean> {
  const cli = stateCli(
    () => state,
    (after) => (written = after),
    () => locked,
  );
  const world = recoverWorld(rest, {
    say: (text) => (said += `${text}\n`),
    pulumi: () => cli,
    clouds: () => {
      duringPlan();
      return cloudsAt(rest);
    },
  });
  return await runRecover(args, world);
}

function rowOf(type: string) {
  const row = FINDERS[type];
  if (row === undefined) throw new Error(`FINDERS has no ${type}.`);
  return row;
}

function of(type: string): Made {
  const one = made.get(type);
  if (one === undefined) throw new Error(`No ${type} among one of each.`);
  return one;
}

function takeAway(type: string): void {
  const object = cloud.world.get(type, of(type).id);
  if (object === undefined) throw new Error(`The world has no ${type}.`);
  cloud.world.remove(object);
}

/** The state's entry of a type after recovery. */
const adopted = (type: string) =>
  written?.deployment.resources?.filter((each) => each.type === type && "created" in each) ?? [];

describe("a type that recovery does not know", () => {
  it("each has a row, but for buckets of Spaces", () => {
    expect(Object.keys(FINDERS).toSorted()).toEqual(
      TYPES.filter((type) => !NOT_LOOKED_UP.includes(type)).toSorted(),
    );
  });
});

describe("an update that was cut off after the create: a second one, or a refusal", () => {
  it.each(ADOPTED)("%s is adopted, exactly this one, and a refresh reads it", async (type) => {
    state = cutOffAt(type);
    const { length } = state.deployment.resources ?? [];
    expect(await recover("--yes"), said).toBe(true);
    expect(written?.deployment.pending_operations).toEqual([]);
    expect(written?.deployment.resources).toHaveLength(length + 1);
    const [one, ...more] = adopted(type);
    expect(more).toEqual([]);
    const pending = inState(of(type));
    expect(one).toMatchObject(pending);
    const provider = await cloud.provider(type);
    const { inputs, outputs = {} } = one!;
    const read = await provider.read(refOf(type, "it"), one!.id!, { inputs, outputs });
    expect(read?.id).toBe(of(type).id);
    const after = { ...of(type), inputs: read?.inputs ?? {}, outputs: read?.outputs ?? {} };
    expect((await cloud.diff(after, of(type).inputs)).replaces).toEqual([]);
  });

  it.each(AGAIN)("%s is dropped, and made again without a second one", async (type) => {
    state = cutOffAt(type);
    expect(await recover("--yes"), said).toBe(true);
    expect(adopted(type)).toEqual([]);
    const before = cloud.world.inventory();
    const { __defaults: _, ...inputs } = of(type).inputs;
    await cloud.make(type, "again", inputs);
    expect(cloud.world.inventory()).toHaveLength(before.length);
  });

  it.each(TOLD_ONCE)("%s is made again, and the one without its secret is named", async (type) => {
    state = cutOffAt(type);
    expect(await recover("--yes"), said).toBe(true);
    expect(adopted(type)).toEqual([]);
    expect(said).toContain(`left over: ${of(type).id}`);
  });
});

describe("an update that was cut off before the create: something adopted that is another's", () => {
  it.each([...FOUND, ...AGAIN])("%s is dropped", async (type) => {
    state = cutOffAt(type);
    takeAway(type);
    expect(await recover("--yes"), said).toBe(true);
    expect(written?.deployment).toEqual({ ...state.deployment, pending_operations: [] });
    expect(said).not.toContain("left over");
  });
});

/** Types of which two can exist with the same lookup properties. */
const MAY_BE_TWO = [
  types.VPC,
  types.CLUSTER,
  types.NODE_POOL,
  types.DATABASE,
  types.PROJECT,
  types.UPTIME_CHECK,
  types.UPTIME_ALERT,
  types.MONITOR_ALERT,
  types.RECORD,
  types.RULESET,
  types.TUNNEL,
  types.WORKERS_ROUTE,
];

describe("one of two that is guessed", () => {
  /** DigitalOcean's client accepts nothing else as an id. */
  const second = "cccccccc-cccc-4ccc-8ccc-cccccccccccc";
  const doubled = (type: string): void => {
    state = cutOffAt(type);
    const object = cloud.world.get(type, of(type).id)!;
    cloud.world.put({ ...object, id: second });
  };

  it.each(MAY_BE_TWO)("%s: both are shown, nothing is changed", async (type) => {
    doubled(type);
    expect(await recover("--yes")).toBe(false);
    expect(written).toBeUndefined();
    expect(said).toContain("ask");
    for (const id of [of(type).id, second]) expect(said).toContain(id);
  });

  it.each(MAY_BE_TWO)("%s: the line that it names takes the one that is chosen", async (type) => {
    doubled(type);
    const name = inState(of(type)).urn.split("::").at(-1);
    await recover("--yes");
    expect(said).toContain(`--adopt ${name}=ID`);
    expect(await recover("--yes", "--adopt", `${name}=${of(type).id}`), said).toBe(true);
    expect(adopted(type).map(({ id }) => id)).toEqual([expect.stringContaining(of(type).id)]);
  });

  it("shows age and price", async () => {
    doubled(types.DATABASE);
    await recover();
    expect(said).toMatch(/made 20\S+Z, -?\d+ min ago, \$\d+/u);
  });

  it("refuses an id that was not shown, and a name that is not pending", async () => {
    doubled(types.VPC);
    const name = inState(of(types.VPC)).urn.split("::").at(-1);
    await expect(recover("--adopt", `${name}=other`)).rejects.toThrow(/it is none of .*, or none/u);
    await expect(recover("--adopt", "other=none")).rejects.toThrow(/no pending create/u);
    await expect(recover("--adopt", "other")).rejects.toThrow(/Write NAME=ID, or NAME=none/u);
    expect(written).toBeUndefined();
  });

  it("drops all of them by `none`, and names them", async () => {
    doubled(types.DATABASE);
    const name = inState(of(types.DATABASE)).urn.split("::").at(-1);
    expect(await recover("--yes", "--adopt", `${name}=none`)).toBe(true);
    expect(said).toContain(`left over: ${second}`);
  });
});

describe("an outage that is taken for nothing there: what lives would be made twice", () => {
  it.each(FOUND.flatMap((type) => [401, 403, 429, 503].map((status) => [type, status] as const)))(
    "%s, %i: nothing is changed",
    async (type, status) => {
      state = cutOffAt(type);
      takeAway(type);
      for (const face of [rest.digitalocean, rest.cloudflare])
        face.faults.add({ does: { kind: "answer", status: status as 401 | 403 | 429 | 503 } });
      expect(await recover("--yes")).toBe(false);
      expect(written).toBeUndefined();
      expect(said).toContain(`it answered ${status}`);
    },
  );

  it("another account's token sees none of what the state holds", async () => {
    state = cutOffAt(types.DATABASE);
    takeAway(types.DATABASE);
    takeAway(types.VPC);
    expect(await recover("--yes")).toBe(false);
    expect(said).toContain("it may be another account's");
    expect(written).toBeUndefined();
  });

  it("what is known is not written where one thing is unknown: the state keeps no pending ones", async () => {
    state = cutOffAt(types.VPC);
    const second = { type: "creating", resource: inState(of(types.TUNNEL)) };
    const pending = [...(state.deployment.pending_operations ?? []), second];
    state = { ...state, deployment: { ...state.deployment, pending_operations: pending } };
    rest.cloudflare.faults.add({ does: { kind: "hang up", when: "before" } });
    expect(await recover("--yes")).toBe(false);
    expect(said).toMatch(/^adopt .*\nunknown .*the connection broke/mu);
    expect(written).toBeUndefined();
  });

  it("an input that is encrypted, or missing, is not looked up by", async () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    state = cutOffAt(types.VPC);
    const [operation] = state.deployment.pending_operations ?? [];
    const resource = { ...operation!.resource, inputs: { name: secret } };
    const pending_operations = [{ ...operation!, resource }];
    state = { ...state, deployment: { ...state.deployment, pending_operations } };
    expect(await recover("--yes")).toBe(false);
    expect(said).toContain("no readable name");
  });
});

describe("a left-over that the state can't take", () => {
  it("its URN is in the state under another id: an orphan, named and not adopted", async () => {
    state = cutOffAt(types.DATABASE);
    const [operation] = state.deployment.pending_operations ?? [];
    const resources = [
      ...(state.deployment.resources ?? []),
      { ...operation!.resource, id: "before", outputs: { held: true } },
    ];
    state = { ...state, deployment: { ...state.deployment, resources } };
    expect(await recover("--yes")).toBe(true);
    expect(adopted(types.DATABASE)).toEqual([]);
    expect(said).toMatch(/orphan[\s\S]*left over: /u);
    expect(said).toContain(of(types.DATABASE).id);
  });

  it("takes the place of a resource that was deleted to be replaced", async () => {
    state = cutOffAt(types.RECORD);
    const [operation] = state.deployment.pending_operations ?? [];
    const gone = { ...operation!.resource, id: "before", pendingReplacement: true };
    const resources = [gone, ...(state.deployment.resources ?? [])];
    state = { ...state, deployment: { ...state.deployment, resources } };
    expect(await recover("--yes"), said).toBe(true);
    const [first] = written?.deployment.resources ?? [];
    expect(first).toMatchObject({ urn: gone.urn, id: `${ZONE}/${of(types.RECORD).id}` });
    expect(first).not.toHaveProperty("pendingReplacement");
    expect(written?.deployment.resources).toHaveLength(resources.length);
  });

  it("what the state has under another URN is not a candidate", async () => {
    state = cutOffAt(types.UPTIME_CHECK);
    const [operation] = state.deployment.pending_operations ?? [];
    const twin = { ...operation!.resource, urn: "urn:other", id: of(types.UPTIME_CHECK).id };
    const resources = [...(state.deployment.resources ?? []), twin];
    state = { ...state, deployment: { ...state.deployment, resources } };
    expect(await recover("--yes")).toBe(true);
    expect(adopted(types.UPTIME_CHECK)).toEqual([]);
  });

  it("an object in Kubernetes: its line to look, and both answers", async () => {
    const resource = {
      urn: "urn:pulumi:prod::mastodon::kubernetes:batch/v1:Job::migrate",
      type: "kubernetes:batch/v1:Job",
      inputs: { metadata: { name: "migrate-1", namespace: "mastodon" } },
    };
    const pending_operations = [{ type: "creating", resource }];
    state = { version: 3, deployment: { resources: [], pending_operations } };
    expect(await recover("--yes")).toBe(false);
    expect(said).toContain("kubectl get job migrate-1 -n mastodon");
    expect(said).toContain("--adopt migrate=mastodon/migrate-1");
    expect(await recover("--yes", "--adopt", "migrate=mastodon/migrate-1")).toBe(true);
    expect(adopted(resource.type)).toMatchObject([{ id: "mastodon/migrate-1", outputs: {} }]);
  });
});

describe("a state that is written when it may not be", () => {
  it("nothing pending: one line, no cloud is asked, nothing is written", async () => {
    state = { version: 3, deployment: { resources: [] } };
    expect(await recover("--yes")).toBe(true);
    expect(said).toBe("No operation of the stack prod is pending; nothing was changed.\n");
    expect(rest.asked()).toEqual([]);
    expect(written).toBeUndefined();
  });

  it.each([
    ["mastodon:infra:Postgres", false],
    ["pulumi:providers:kubernetes", true],
    ["pulumi:pulumi:Stack", false],
  ])("%s is nothing at a cloud: it is dropped unasked", async (type, custom) => {
    const resource = { urn: `urn:pulumi:prod::mastodon::${type}::it`, type, custom };
    const pending_operations = [{ type: "creating", resource }];
    state = { version: 3, deployment: { resources: [], pending_operations } };
    expect(await recover("--yes"), said).toBe(true);
    expect(written?.deployment).toEqual({ resources: [], pending_operations: [] });
  });

  it("nobody to ask, and no --yes", async () => {
    state = cutOffAt(types.VPC);
    await expect(recover()).rejects.toThrow("If it is meant, add --yes.");
    expect(written).toBeUndefined();
  });

  it("a lock: its holder is named, and the command stops", async () => {
    state = cutOffAt(types.VPC);
    locked =
      "the stack is currently locked …\n  file:///x/.pulumi/locks/organization/mastodon/prod/1.json: created by ops@host (pid 12) at 2026-11-28T12:00:00Z";
    await expect(recover("--yes")).rejects.toThrow("`pulumi cancel --stack prod`");
    expect(said).toBe(
      "The stack prod is locked by ops@host (process 12) since 2026-11-28T12:00:00Z. Only that host can tell.\n",
    );
    expect(rest.asked()).toEqual([]);
  });

  it("an update, delete or read that was cut off is dropped: its resource is in the state", async () => {
    state = cutOffAt(types.VPC);
    const pending_operations = ["updating", "deleting", "reading"].map((type) => ({
      type,
      resource: inState(of(types.TAG)),
    }));
    state = { ...state, deployment: { ...state.deployment, pending_operations } };
    expect(await recover("--yes")).toBe(true);
    expect(written?.deployment).toEqual({ ...state.deployment, pending_operations: [] });
  });

  it("an update that writes while the operator reads the plan", async () => {
    state = cutOffAt(types.VPC);
    const grown = { ...state, version: state.version + 1 };
    duringPlan = () => (state = grown);
    await expect(recover("--yes")).rejects.toThrow(/an update is running/u);
    expect(written).toBeUndefined();
  });

  it("no value of the state is printed", async () => {
    for (const type of [...FOUND, ...AGAIN]) {
      state = cutOffAt(type);
      await recover("--yes");
    }
    const { outputs } = of(types.USER);
    expect(said).not.toContain(String(reveal(outputs["password"])));
    expect(said).not.toContain("__defaults");
  });
});
