import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runRecover } from "../../ops/recover/command.ts";
import type { StackExport, StateResource } from "../../ops/recover/state.ts";
import { removeCluster } from "../../rehearsal/clouds/digitalocean/doks.ts";
import type { Disturbance } from "../../rehearsal/clouds/rest/faults.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { Cloud, type Made } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { cloudsAt, recoverWorld, stateCli } from "./recover-world.ts";

/** `npm run recover -- cluster`: the conditions under which it removes a cluster from the state. */

let cloud: Cloud;
let rest: RestFaces;
let made: ReadonlyMap<string, Made>;
let said: string;
let state: StackExport;
let written: StackExport | undefined;
/** Called while the clouds are read. */
let duringPlan: () => void;

const urnOf = (type: string, name: string): string => `urn:pulumi:prod::mastodon::${type}::${name}`;
const PROVIDER = urnOf("pulumi:providers:kubernetes", "cluster-kubernetes");
const WEB = urnOf("kubernetes:apps/v1:Deployment", "web");
const RECORD = urnOf(types.RECORD, "records-web");
const POSTGRES = urnOf(types.DATABASE, "postgres-cluster");
const CLUSTER = urnOf(types.CLUSTER, "cluster-doks");
const POOL = urnOf(types.NODE_POOL, "cluster-workloads");

const idOf = (type: string): string => made.get(type)?.id ?? "";

/** A state with a cluster, resources in it, and others. */
function liveState(): StackExport {
  const clusterId = idOf(types.CLUSTER);
  const custom = (urn: string, more: Partial<StateResource> = {}): StateResource => ({
    urn,
    type: urn.split("::")[2] ?? "",
    id: urn,
    ...more,
  });
  return {
    version: 3,
    deployment: {
      resources: [
        custom(urnOf(types.VPC, "network-vpc"), { id: idOf(types.VPC) }),
        custom(POSTGRES, { id: idOf(types.DATABASE) }),
        custom(CLUSTER, { id: clusterId, outputs: { name: "cluster-doks-1" } }),
        custom(POOL, { inputs: { clusterId }, dependencies: [CLUSTER] }),
        custom(PROVIDER, {
          id: "provider-id",
          inputs: { clusterIdentifier: clusterId },
          dependencies: [CLUSTER, POOL],
        }),
        custom(WEB, {
          provider: `${PROVIDER}::provider-id`,
          dependencies: [POSTGRES],
          deletedWith: CLUSTER,
        }),
        custom(urnOf("kubernetes:core/v1:Secret", "elsewhere"), { provider: "another::id" }),
        custom(RECORD, {
          dependencies: [WEB, POSTGRES],
          propertyDependencies: { content: [WEB], name: null },
        }),
        custom(urnOf(types.PROJECT_RESOURCES, "project-resources"), { deletedWith: CLUSTER }),
      ],
    },
  };
}

beforeEach(async () => {
  cloud = new Cloud();
  made = await types.oneOfEach(cloud);
  rest = await openRest(cloud.world);
  [said, written, duringPlan] = ["", undefined, () => {}];
  state = liveState();
});
afterEach(async () => {
  await rest.close();
});

async function lose(type: string = types.CLUSTER): Promise<void> {
  const object = cloud.world.get(type, idOf(type));
  if (object === undefined) throw new Error(`The world has no ${type}.`);
  if (type === types.CLUSTER) await removeCluster(cloud.world, object);
  else cloud.world.remove(object);
}

async function recoverCluster(...args: readonly string[]): Promise<boolean> {
  const cli = stateCli(
    () => state,
    (after) => (written = after),
  );
  const world = recoverWorld(rest, {
    say: (text) => (said += `${text}\n`),
    pulumi: () => cli,
    clouds: () => {
      duringPlan();
      return cloudsAt(rest, 1_000);
    },
  });
  return await runRecover(["cluster", ...args], world);
}

const namesIn = (exported: StackExport | undefined): readonly string[] =>
  (exported?.deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1) ?? "");

describe("an outage that is taken for a lost cluster: its objects leave the state and go on running", () => {
  it("a cluster that is there is refused, with what DigitalOcean says of it", async () => {
    await expect(recoverCluster("--yes")).rejects.toThrow(
      /^The cluster cluster-doks-1 is there: DigitalOcean says running\. Nothing was changed\. .* outage, not a loss: wait, and look at https:\/\/status\.digitalocean\.com\./u,
    );
    expect(written).toBeUndefined();
  });

  it.each<readonly [string, Disturbance]>([
    ...([401, 403, 429, 500, 502, 503, 504] as const).map(
      (status) => [String(status), { kind: "answer", status }] as const,
    ),
    ["a broken connection", { kind: "hang up", when: "before" }],
    ["silence", { kind: "slow", milliseconds: 1_500 }],
  ])("%s is not known, whatever became of the cluster", async (_name, does) => {
    await lose();
    rest.digitalocean.faults.add({ does });
    await expect(recoverCluster("--yes")).rejects.toThrow(
      /^Whether the cluster cluster-doks-1 is gone is not known: .*\. Nothing was changed\./u,
    );
    expect(written).toBeUndefined();
  });

  it("one 404 of a cluster that is there is not believed", async () => {
    rest.digitalocean.faults.add({ does: { kind: "answer", status: 404 }, times: 1 });
    await expect(recoverCluster("--yes")).rejects.toThrow("is there: DigitalOcean says running");
    expect(written).toBeUndefined();
  });

  it("another account's token, which sees nothing of the state's, is not known", async () => {
    await lose();
    await lose(types.VPC);
    await expect(recoverCluster("--yes")).rejects.toThrow("it may be another account's");
    expect(written).toBeUndefined();
  });
});

describe("a state that has forgotten what its account is known by", () => {
  it("lets nothing count as gone: a refresh with another account's token leaves such a state", async () => {
    await lose();
    const resources = state.deployment.resources?.filter(({ type }) => type !== types.VPC);
    state = { ...state, deployment: { resources: resources ?? [] } };
    await expect(recoverCluster("--yes")).rejects.toThrow("Run `npm run state -- adopt` first.");
    expect(rest.asked()).toEqual([]);
    expect(written).toBeUndefined();
  });
});

describe("a cluster that is gone", () => {
  it("leaves with its pools, its provider and its objects, and with nothing else", async () => {
    await lose();
    expect(await recoverCluster("--yes"), said).toBe(true);
    expect(namesIn(written)).toEqual([
      "network-vpc",
      "postgres-cluster",
      "elsewhere",
      "records-web",
      "project-resources",
    ]);
    expect(said).toContain("1 Kubernetes object, the cluster, its pools (cluster-workloads).");
    expect(said).toContain("Next: npm run up -- --stack prod --refresh");
  });

  it("what stays depends on nothing that left: the CLI refuses a state that names it", async () => {
    await lose();
    await recoverCluster("--yes");
    const resources = written?.deployment.resources ?? [];
    const record = resources.find(({ urn }) => urn === RECORD);
    expect(record?.dependencies).toEqual([POSTGRES]);
    expect(record?.propertyDependencies).toEqual({ content: [], name: [] });
    for (const urn of [CLUSTER, POOL, PROVIDER, WEB])
      expect(JSON.stringify(written)).not.toContain(`"${urn}"`);
  });

  it("is known by its provider, where a refresh that stopped has forgotten the cluster itself", async () => {
    await lose();
    const resources = state.deployment.resources?.filter(
      ({ urn }) => ![CLUSTER, POOL].includes(urn),
    );
    state = { ...state, deployment: { ...state.deployment, resources: resources ?? [] } };
    expect(await recoverCluster("--yes"), said).toBe(true);
    expect(namesIn(written)).not.toContain("web");
  });

  it("takes its own pending operations along, and names the command for the others", async () => {
    await lose();
    const pending = (urn: string, more: Partial<StateResource> = {}) => ({
      type: "creating",
      resource: { urn, type: urn.split("::")[2] ?? "", ...more },
    });
    const inCluster = pending(urnOf("kubernetes:batch/v1:Job", "migrate"), {
      provider: `${PROVIDER}::provider-id`,
    });
    const outside = pending(urnOf(types.TUNNEL, "tunnel-tunnel"), { dependencies: [WEB] });
    const pending_operations = [inCluster, outside];
    state = { ...state, deployment: { ...state.deployment, pending_operations } };
    expect(await recoverCluster("--yes"), said).toBe(true);
    expect(written?.deployment.pending_operations).toEqual([
      pending(outside.resource.urn, { dependencies: [] }),
    ]);
    expect(said).toContain("Next: npm run recover -- --stack prod");
  });

  it("is not written over what an update has written meanwhile", async () => {
    await lose();
    duringPlan = () => {
      state = { ...state, version: 4 };
    };
    await expect(recoverCluster("--yes")).rejects.toThrow(
      "then run `npm run recover -- cluster` again",
    );
    expect(written).toBeUndefined();
  });

  it("is not written without a yes", async () => {
    await lose();
    await expect(recoverCluster()).rejects.toThrow("If it is meant, add --yes.");
    expect(written).toBeUndefined();
  });
});

it("a state without a cluster: one line, and no cloud is asked", async () => {
  state = { version: 3, deployment: { resources: [] } };
  expect(await recoverCluster("--stack", "test")).toBe(true);
  expect(said).toContain("The state of the stack test holds no cluster; nothing was changed.");
  expect(rest.asked()).toEqual([]);
});
