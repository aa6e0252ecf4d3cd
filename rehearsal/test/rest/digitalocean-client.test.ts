import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digitaloceanClient } from "../../../ops/recover/clouds.ts";
import { digitaloceanRows } from "../../clouds/digitalocean/rows.ts";
import { importIdOf } from "../../clouds/importing.ts";
import { openRest, type RestFaces } from "../../clouds/rest/open.ts";
import type { Properties } from "../../providers/provider.ts";
import { Cloud, plain, refOf, type Made } from "../clouds/cloud.ts";
import * as types from "../clouds/standard.ts";
import type { Thing } from "./client-row.ts";
import { CLIENT_ROWS } from "./digitalocean-client.ts";
import type { Json } from "./walk.ts";

/** Bucket calls use S3 with a host name for each bucket, which this API does not have. */
const NOT_OVER_REST = [types.SPACES_BUCKET, types.SPACES_CORS];

describe("DigitalOcean's official client", () => {
  let cloud: Cloud;
  let rest: RestFaces;
  let api: Json;

  beforeEach(async () => {
    cloud = new Cloud();
    rest = await openRest(cloud.world);
    api = await digitaloceanClient("any", rest.digitaloceanUrl);
  });
  afterEach(async () => {
    await rest.close();
  });

  /** Outputs of the provider for the object of a type, by an import if it has one. */
  async function shownByProvider(type: string): Promise<Properties> {
    const row = digitaloceanRows.resources.find((each) => each.type === type)!;
    const [object] = cloud.world.find(type);
    const id = importIdOf(row, object!);
    const provider = await cloud.provider(type);
    const [of, held] =
      id === undefined
        ? [object!.id, { inputs: {}, outputs: object!.properties }]
        : [id, { inputs: undefined, outputs: {} }];
    const state = await provider.read(refOf(type, "it"), of, held);
    // The inputs of an import must pass the Check of the same type.
    if (id !== undefined) expect(await cloud.refusals(type, state!.inputs), type).toEqual([]);
    return state!.outputs;
  }

  it("has each type that the rehearsal knows, but for buckets", () => {
    const known = digitaloceanRows.resources.map(({ type }) => type);
    const all = [...CLIENT_ROWS.map(({ type }) => type), ...NOT_OVER_REST];
    expect(all.toSorted()).toEqual(known.toSorted());
  });

  it("makes, reads, lists, changes and deletes one of each type, and nothing is left", async () => {
    const made = new Map<string, Thing>();
    for (const { type, make } of CLIENT_ROWS) made.set(type, await make(api, made));
    for (const [type, { read, list, isIn, change }] of made) {
      expect(await read(), type).toBeDefined();
      expect((await list()).some(isIn), `${type} in its list`).toBe(true);
      if (change === undefined) continue;
      expect(change.seen(await read()), type).not.toEqual(change.value);
      await change.make();
      expect(change.seen(await read()), type).toEqual(change.value);
      // The provider sees the client's change, and adopts it.
      const { property, value, inState = value } = change;
      expect(plain(await shownByProvider(type), property), type).toEqual(inState);
    }
    for (const [type, { remove }] of [...made].reverse())
      await remove().catch((error: unknown) => {
        throw new Error(`${type}: ${JSON.stringify(error)}`, { cause: error });
      });
    expect(rest.digitalocean.notModelled).toEqual([]);
    expect(cloud.world.inventory()).toEqual([]);
  });

  it("reads what the provider made, of each type", async () => {
    const made = await types.oneOfEach(cloud);
    const of = (type: string): Made => made.get(type)!;
    const output = (type: string, key: string): Json => plain(of(type).outputs, key);
    const cluster = api.kubernetes.clusters.byCluster_id(of(types.CLUSTER).id);
    const postgres = api.databases.byDatabase_cluster_uuid(output(types.USER, "clusterId"));
    const valkeyId = output(types.VALKEY_SETTINGS, "clusterId");
    const check = api.uptime.checks.byCheck_id(of(types.UPTIME_CHECK).id);
    const project = api.projects.byProject_id(of(types.PROJECT).id);
    const credentials = await cluster.credentials.get();
    const seen: Readonly<Record<string, Json>> = {
      [types.VPC]: (await api.vpcs.byVpc_id(of(types.VPC).id).get()).vpc.ipRange,
      [types.CLUSTER]: credentials.token,
      [types.NODE_POOL]: (
        await cluster.node_pools.byNode_pool_id(of(types.NODE_POOL).id).get()
      ).nodePool.nodes.map(({ name }: Json) => name),
      [types.DATABASE]: (await api.databases.byDatabase_cluster_uuid(of(types.DATABASE).id).get())
        .database.connection.password,
      [types.FIREWALL]: (await postgres.firewall.get()).rules[0].uuid,
      [types.USER]: (await postgres.users.byUsername("mastodon").get()).user.password,
      [types.DB]: (await postgres.dbs.byDatabase_name("mastodon").get()).db.name,
      [types.POOL]: (await postgres.pools.byPool_name("web").get()).pool.privateConnection.uri,
      [types.TAG]: (await api.tags.byTag_id(of(types.TAG).id).get()).tag.name,
      [types.PROJECT]: (await project.get()).project.name,
      [types.PROJECT_RESOURCES]: (await project.resources.get()).resources.map(
        ({ urn }: Json) => urn,
      ),
      [types.SETTINGS]: (await postgres.config.get()).config.additionalData
        .log_min_duration_statement,
      [types.VALKEY_SETTINGS]: (await api.databases.byDatabase_cluster_uuid(valkeyId).config.get())
        .config.additionalData.valkey_persistence,
      [types.REPLICA]: (await postgres.replicas.byReplica_name(output(types.REPLICA, "name")).get())
        .replica.id,
      [types.UPTIME_CHECK]: (await check.get()).check.target,
      [types.UPTIME_ALERT]: (await check.alerts.byAlert_id(of(types.UPTIME_ALERT).id).get()).alert
        .notifications.email,
      [types.MONITOR_ALERT]: (
        await api.monitoring.alerts.byAlert_uuid(of(types.MONITOR_ALERT).id).get()
      ).policy.alerts.email,
      [types.SPACES_KEY]: (await api.spaces.keys.byAccess_key(of(types.SPACES_KEY).id).get())
        .keys[0].name,
    };
    expect(seen).toEqual({
      [types.VPC]: output(types.VPC, "ipRange"),
      [types.CLUSTER]: output(types.CLUSTER, "kubeConfigs")[0].token,
      [types.NODE_POOL]: output(types.NODE_POOL, "nodes").map(({ name }: Json) => name),
      [types.DATABASE]: output(types.DATABASE, "password"),
      [types.FIREWALL]: output(types.FIREWALL, "rules")[0].uuid,
      [types.USER]: output(types.USER, "password"),
      [types.DB]: "mastodon",
      [types.POOL]: output(types.POOL, "privateUri"),
      [types.TAG]: output(types.TAG, "name"),
      [types.PROJECT]: output(types.PROJECT, "name"),
      [types.PROJECT_RESOURCES]: expect.arrayContaining(
        output(types.PROJECT_RESOURCES, "resources"),
      ),
      [types.SETTINGS]: 1000,
      [types.VALKEY_SETTINGS]: "rdb",
      [types.REPLICA]: output(types.REPLICA, "uuid"),
      [types.UPTIME_CHECK]: "https://social.example/health",
      [types.UPTIME_ALERT]: ["ops@social.example"],
      [types.MONITOR_ALERT]: ["ops@social.example"],
      [types.SPACES_KEY]: output(types.SPACES_KEY, "name"),
    });
    expect(Object.keys(seen).toSorted()).toEqual(CLIENT_ROWS.map(({ type }) => type).toSorted());
  });

  it.each([401, 403, 404, 500, 502] as const)(
    "tells a %i of a disturbed API from every other answer",
    async (status) => {
      const { id } = (await api.vpcs.post({ name: "network", region: "fra1" })).vpc;
      rest.digitalocean.faults.add({ does: { kind: "answer", status }, times: 1 });
      const ask = () => api.vpcs.byVpc_id(id).get();
      const refused = await ask().then(String, (error: Json) => error.responseStatusCode);
      expect(refused).toBe(status);
      expect((await ask()).vpc.id).toBe(id);
    },
  );

  it("asks again after the pause that a 429 names", async () => {
    const does = { kind: "answer", status: 429, retryAfterSeconds: 1 } as const;
    rest.digitalocean.faults.add({ does, times: 1 });
    const before = performance.now();
    expect((await api.account.get()).account.uuid).toBe(cloud.world.account.uuid);
    expect(performance.now() - before).toBeGreaterThan(900);
  });

  it("gets no answer of a create that is done when the connection breaks", async () => {
    rest.digitalocean.faults.add({ does: { kind: "hang up", when: "after" }, times: 1 });
    await expect(api.vpcs.post({ name: "network", region: "fra1" })).rejects.toThrow();
    expect((await api.vpcs.get()).vpcs.map(({ name }: Json) => name)).toEqual(["network"]);
  });
});
