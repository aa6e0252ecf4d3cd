import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackExport } from "../../ops/recover/state.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { Cloud, type Made } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { pausedClock, recoverOver } from "./recover-world.ts";

/**
 * A create whose id the provider lost: the cloud completes and bills it, and the state has no
 * pending operation.
 */

let cloud: Cloud;
let rest: RestFaces;
let state: StackExport;
let written: StackExport | undefined;
let said: string;
let waits: number;
let whileWaiting: () => void;
/** Every resource, by logical name. */
let made: Map<string, Made>;

beforeEach(async () => {
  cloud = new Cloud();
  rest = await openRest(cloud.world);
  [written, said, waits, whileWaiting] = [undefined, "", 0, () => {}];
  made = new Map();
  const make = async (type: string, name: string, inputs: object): Promise<Made> => {
    const one = await cloud.make(type, name, { ...inputs });
    made.set(name, one);
    return one;
  };
  const vpc = await make(types.VPC, "network-vpc", types.vpcInputs);
  const nodes = (await make(types.TAG, "network-nodes", {})).id;
  const tags = [(await make(types.TAG, "network-stack", {})).id];
  const inVpc = { privateNetworkUuid: vpc.id, tags };
  await make(types.DATABASE, "valkey-cluster", { ...types.valkeyInputs, ...inVpc });
  await make(types.DATABASE, "cache-cluster", { ...types.valkeyInputs, ...inVpc });
  const pg = await make(types.DATABASE, "postgres-cluster", { ...types.postgresInputs, ...inVpc });
  await make(types.REPLICA, "replica-replica", {
    clusterId: pg.id,
    size: "db-s-1vcpu-2gb",
    region: "fra1",
    ...inVpc,
  });
  const doks = await make(types.CLUSTER, "cluster-doks", {
    ...types.clusterInputs,
    vpcUuid: vpc.id,
    tags,
  });
  await make(types.NODE_POOL, "cluster-workloads", {
    clusterId: doks.id,
    size: "s-2vcpu-4gb",
    nodeCount: 1,
    tags: [nodes],
  });
});
afterEach(async () => {
  await rest.close();
});

/** The state without one of them; it has every component. */
function forgotten(...names: readonly string[]): void {
  const resources = [...made]
    .filter(([name]) => !names.includes(name))
    .map(([name, { ref, id, inputs, outputs }]) => ({
      urn: `urn:pulumi:prod::mastodon::${ref.type}::${name}`,
      type: ref.type,
      id,
      inputs,
      outputs,
    }));
  state = { version: 3, deployment: { resources } };
}

async function recover(...args: readonly string[]): Promise<boolean> {
  return await recoverOver(rest, args, {
    state: () => state,
    write: (after) => (written = after),
    say: (text) => (said += `${text}\n`),
    ...pausedClock(() => {
      waits += 1;
      whileWaiting();
    }),
  });
}

/** Resources that are billed separately. */
const ROWS = [
  "valkey-cluster",
  "cache-cluster",
  "postgres-cluster",
  "replica-replica",
  "cluster-doks",
  "cluster-workloads",
];

describe("a database or cluster that is billed and in no state: the next update makes a second", () => {
  it.each(ROWS)("%s is shown with its price, and stops the deploy", async (name) => {
    forgotten(name);
    expect(await recover("--yes")).toBe(false);
    expect(written).toBeUndefined();
    expect(said).toMatch(/^ask .* it carries the stack's tag, and stands in no state$/mu);
    expect(said.match(/^ask/gmu)).toHaveLength(1);
    expect(said).toMatch(/\$\d+(\.\d+)? a month/u);
    expect(said).toContain(`If an update was making it: npm run state -- adopt ${name}\n`);
    expect(said).toMatch(/If nothing uses it: doctl .* delete /u);
  });

  it("nothing left over: one line, and nothing is written", async () => {
    forgotten();
    expect(await recover("--yes"), said).toBe(true);
    expect(said).toBe("No operation of the stack prod is pending; nothing was changed.\n");
    expect(written).toBeUndefined();
  });

  it("one without the stack's tag is nobody's business", async () => {
    forgotten();
    await cloud.make(types.DATABASE, "postgres-cluster", types.postgresInputs);
    expect(await recover("--yes"), said).toBe(true);
  });

  it("one beside the state's own can't be adopted, and no line says so", async () => {
    forgotten();
    const tags = [made.get("network-stack")!.id];
    const inputs = { ...types.postgresInputs, tags };
    const { id } = await cloud.make(types.DATABASE, "postgres-cluster", inputs);
    expect(await recover("--yes")).toBe(false);
    expect(said).not.toContain("npm run state");
    expect(said).toContain(`If nothing uses it: doctl databases delete ${id}\n`);
  });

  it("the members of a database that is gone are none", async () => {
    forgotten();
    cloud.world.remove(cloud.world.get(types.DATABASE, made.get("postgres-cluster")!.id)!);
    expect(await recover("--yes"), said).toBe(true);
  });

  it.each([401, 403, 429, 503] as const)("%i: not known, so the deploy stops", async (status) => {
    forgotten();
    rest.digitalocean.faults.add({ does: { kind: "answer", status } });
    expect(await recover("--yes")).toBe(false);
    expect(said).toMatch(/stands in no state is not known: /u);
  });

  it("what was cut off is written first: then only the left-over stops the deploy", async () => {
    forgotten("postgres-cluster", "replica-replica", "cluster-doks", "cluster-workloads");
    const { ref, inputs } = made.get("cluster-doks")!;
    const urn = `urn:pulumi:prod::mastodon::${ref.type}::cluster-doks`;
    const pending_operations = [{ type: "creating", resource: { urn, type: ref.type, inputs } }];
    state = { ...state, deployment: { ...state.deployment, pending_operations } };
    expect(await recover("--yes")).toBe(false);
    expect(written?.deployment.resources?.at(-1)?.id).toBe(made.get("cluster-doks")!.id);
    expect(said).toContain("npm run state -- adopt postgres-cluster");
    expect(said).not.toContain("adopt cluster-doks");
    expect(said).not.toContain("Next: npm run up");
  });
});

describe("a database that is taken into the state while it is being made", () => {
  it("is waited for first: nothing else waits for it then", async () => {
    forgotten("postgres-cluster", "replica-replica");
    const { id, ref, inputs } = made.get("postgres-cluster")!;
    const urn = `urn:pulumi:prod::mastodon::${ref.type}::postgres-cluster`;
    const pending_operations = [{ type: "creating", resource: { urn, type: ref.type, inputs } }];
    state = { ...state, deployment: { ...state.deployment, pending_operations } };
    const object = cloud.world.get(types.DATABASE, id)!;
    cloud.world.put({ ...object, creating: Promise.resolve() } as unknown as typeof object);
    whileWaiting = () => {
      expect(written).toBeUndefined();
      if (waits === 2) cloud.world.put(object);
    };
    await recover("--yes");
    expect(waits).toBe(2);
    expect(said).toContain("it is creating still");
    expect(written?.deployment.resources?.at(-1)?.id).toBe(id);
  });
});
