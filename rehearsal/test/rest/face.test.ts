import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digitaloceanOperations } from "../../clouds/rest/digitalocean/face.ts";
import { openRest, type RestFaces } from "../../clouds/rest/open.ts";
import { route, type Method } from "../../clouds/rest/router.ts";
import { ScaledClock } from "../../clouds/clock.ts";
import { World } from "../../clouds/world.ts";
import { Cloud } from "../clouds/cloud.ts";
import { OPERATOR_CALLS, SEEN_CALLS, UPDATE_CALLS } from "./digitalocean-calls.ts";
import { walkDigitalocean, type Json } from "./walk.ts";

/** A clock on which nothing ends before it is released. */
class HeldClock extends ScaledClock {
  held: Promise<void> = Promise.resolve();
  override async wait(): Promise<void> {
    await this.held;
  }
}

describe("DigitalOcean's face", () => {
  let cloud: Cloud;
  let rest: RestFaces;
  const ask = async (method: Method, path: string, body?: Json): Promise<Json> => {
    const response = await fetch(`${rest.digitaloceanUrl}${path}`, {
      method,
      headers: { authorization: "Bearer any" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return isJson ? JSON.parse(text) : text;
  };

  beforeEach(async () => {
    cloud = new Cloud();
    rest = await openRest(cloud.world);
  });
  afterEach(async () => {
    await rest.close();
  });

  it("answers every operation of its table, and leaves nothing behind", async () => {
    await walkDigitalocean(ask);
    const asked = new Set(rest.asked().map(({ method, path }) => `${method} ${path}`));
    const all = digitaloceanOperations.map(({ method, path }) => `${method} ${path}`);
    expect(all.filter((operation) => !asked.has(operation))).toEqual([]);
    expect(rest.digitalocean.notModelled).toEqual([]);
    expect(cloud.world.inventory()).toEqual([]);
  });

  /** Status, id and message of a refusal. */
  const refusal = async (method: Method, path: string, body?: Json): Promise<Json> => {
    const words = await ask(method, path, body).then(
      () => "200 {}",
      (error: Error) => error.message.slice(error.message.indexOf(": ") + 2),
    );
    const { id, message } = JSON.parse(words.slice(4)) as Json;
    return [Number(words.slice(0, 3)), id, message];
  };
  const database = {
    name: "pg",
    engine: "pg",
    version: "17",
    size: "db-s-1vcpu-2gb",
    region: "fra1",
    num_nodes: 1,
  };

  it("shows a database as creating until it runs, its password and backups only then", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const create = cloud.databases.createPostgres.bind(cloud.databases);
    cloud.databases.createPostgres = async (id, hosts) => {
      await promise;
      return await create(id, hosts);
    };
    const { id, status } = (await ask("POST", "/v2/databases", database)).database;
    const one = `/v2/databases/${id}`;
    expect(status).toBe("creating");
    const before = (await ask("GET", one)).database;
    expect([before.status, before.connection.password]).toEqual(["creating", ""]);
    expect((await ask("GET", `${one}/backups`)).backups).toEqual([]);
    expect((await refusal("GET", `${one}/ca`))[0]).toBe(404);
    resolve();
    await expect.poll(async () => (await ask("GET", one)).database.status).toBe("online");
    const after = (await ask("GET", one)).database;
    expect(after.connection.password).toBe(`admin-password-of-${id}`);
    expect((await ask("GET", `${one}/backups`)).backups).toHaveLength(1);
  });

  it("shows a cluster as provisioning until it runs, and gives no credentials of it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const create = cloud.clusters.create.bind(cloud.clusters);
    cloud.clusters.create = async (id) => {
      await promise;
      return await create(id);
    };
    const wanted = {
      name: "doks",
      region: "fra1",
      version: "1.36.0-do.2",
      node_pools: [{ name: "base", size: "s-2vcpu-4gb", count: 2 }],
    };
    const { id } = (await ask("POST", "/v2/kubernetes/clusters", wanted)).kubernetes_cluster;
    const one = `/v2/kubernetes/clusters/${id}`;
    const state = async () => (await ask("GET", one)).kubernetes_cluster.status.state;
    expect(await state()).toBe("provisioning");
    expect((await refusal("GET", `${one}/credentials`))[0]).toBe(412);
    resolve();
    await expect.poll(state).toBe("running");
    const { token, expires_at } = await ask("GET", `${one}/credentials?expiry_seconds=600`);
    expect(token).toBe(`admin-token-of-${id}`);
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(600_000);
    const [pool] = (await ask("GET", one)).kubernetes_cluster.node_pools;
    expect(pool.nodes).toHaveLength(2);
    expect(pool.tags).toContain("terraform:default-node-pool");
  });

  it("shows a resize until it is over", async () => {
    const clock = new HeldClock(0);
    const { clusters, databases } = cloud;
    await rest.close();
    rest = await openRest(new World({ clusters, databases, clock }));
    const one = `/v2/databases/${(await ask("POST", "/v2/databases", database)).database.id}`;
    const status = async () => (await ask("GET", one)).database.status;
    await expect.poll(status).toBe("online");
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.held = promise;
    await ask("PUT", `${one}/resize`, { size: "db-s-2vcpu-4gb", num_nodes: 1 });
    expect(await status()).toBe("resizing");
    resolve();
    await expect.poll(status).toBe("online");
  });

  it("changes the eviction policy of a Valkey that runs, as the provider does after its create", async () => {
    const wanted = { ...database, name: "cache", engine: "valkey", version: "8" };
    const { id } = (await ask("POST", "/v2/databases", wanted)).database;
    const policy = `/v2/databases/${id}/eviction_policy`;
    expect(await ask("GET", policy)).toEqual({ eviction_policy: "noeviction" });
    await ask("PUT", policy, { eviction_policy: "noeviction" });
    await ask("PUT", policy, { eviction_policy: "allkeys_lru" });
    expect(await ask("GET", policy)).toEqual({ eviction_policy: "allkeys_lru" });
    const calls = cloud.databases.calls.filter((call) => call.startsWith("setEvictionPolicy"));
    expect(calls).toEqual([`setEvictionPolicy ${id} allkeys_lru`]);
  });

  it("takes a taint as DigitalOcean's Go client writes it", async () => {
    const cluster = { name: "doks", region: "fra1", version: "1.36.0-do.2" };
    const taint = { Key: "role", Value: "work", Effect: "NoSchedule" };
    const pool = { name: "base", size: "s-2vcpu-4gb", count: 1, taints: [taint] };
    const made = await ask("POST", "/v2/kubernetes/clusters", { ...cluster, node_pools: [pool] });
    expect(made.kubernetes_cluster.node_pools[0].taints).toEqual([
      { key: "role", value: "work", effect: "NoSchedule" },
    ]);
  });

  it("leaves what a failed create has made, as billed as for real", async () => {
    cloud.databases.createPostgres = async () => {
      throw new Error("No room.");
    };
    const { id } = (await ask("POST", "/v2/databases", database)).database;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await ask("GET", `/v2/databases/${id}`)).database.status).toBe("creating");
  });

  it("refuses in DigitalOcean's shape and words", async () => {
    const vpc = { name: "network", region: "fra1", ip_range: "10.10.0.0/20" };
    const { id } = (await ask("POST", "/v2/vpcs", vpc)).vpc;
    await ask("POST", "/v2/databases", { ...database, private_network_uuid: id });
    expect(await refusal("DELETE", `/v2/vpcs/${id}`)).toEqual([
      409,
      "conflict",
      "Can not delete VPC with members",
    ]);
    expect(await refusal("POST", "/v2/databases", database)).toEqual([
      422,
      "unprocessable_entity",
      "cluster name is not available",
    ]);
    expect(await refusal("GET", `/v2/vpcs/${cloud.world.newId()}`)).toEqual([
      404,
      "not_found",
      "The resource you requested could not be found.",
    ]);
    const [status, , message] = await refusal("POST", "/v2/vpcs", { region: 7 });
    expect([status, message]).toEqual([422, expect.stringContaining("region: must be a string")]);
  });

  it("loses no field that it has no place for in silence", async () => {
    const restore = { do_settings: { service_cnames: ["db.example.social"] } };
    const [status, , message] = await refusal("POST", "/v2/databases", { ...database, ...restore });
    expect([status, message]).toEqual([501, expect.stringContaining('"do_settings"')]);
    expect(cloud.world.inventory()).toEqual([]);
    // Values that Go's clients send for unset properties count as unset.
    const nothing = { rules: null, project_id: "", backup_restore: null, tags: [] };
    await ask("POST", "/v2/databases", { ...database, ...nothing });
  });

  it("pages a list, with links that lead through all of it", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await ask("POST", "/v2/tags", { name });
    const seen: string[] = [];
    let path: string | undefined = "/v2/tags?per_page=2";
    while (path !== undefined) {
      const { tags, links, meta }: Json = await ask("GET", path);
      expect(meta.total).toBe(5);
      seen.push(...tags.map(({ name }: Json) => name));
      path = links.pages?.next?.slice(rest.digitaloceanUrl.length);
    }
    expect(seen).toEqual(["a", "b", "c", "d", "e"]);
    const all = await ask("GET", "/v2/tags?per_page=1000");
    expect([all.tags.length, all.links]).toEqual([5, {}]);
  });

  it("keeps a project that something is in, and moves a thing from one project to another", async () => {
    const { id } = (await ask("POST", "/v2/databases", database)).database;
    const urn = `do:dbaas:${id}`;
    const make = async (name: string) => (await ask("POST", "/v2/projects", { name })).project.id;
    const [first, second] = [await make("first"), await make("second")];
    const within = async (project: string) =>
      (await ask("GET", `/v2/projects/${project}/resources`)).resources.map(
        (each: Json) => each.urn,
      );
    expect(await within("default")).toEqual([urn]);
    for (const [project, empty] of [
      [first, "default"],
      [second, first],
    ]) {
      await ask("POST", `/v2/projects/${project}/resources`, { resources: [urn] });
      expect([await within(project), await within(empty)]).toEqual([[urn], []]);
      expect((await ask("GET", `/v2/databases/${id}`)).database.project_id).toBe(project);
    }
    expect((await refusal("DELETE", `/v2/projects/${second}`))[0]).toBe(412);
    await ask("DELETE", `/v2/projects/${first}`);
    await ask("DELETE", `/v2/databases/${id}`);
    await ask("DELETE", `/v2/projects/${second}`);
    expect(cloud.world.inventory()).toEqual([]);
  });

  it.each([...SEEN_CALLS, ...UPDATE_CALLS, ...OPERATOR_CALLS])("has %s", (call) => {
    const [method = "", address = ""] = call.split(" ");
    const [path = ""] = address.split("?");
    expect(route(digitaloceanOperations, method, path)).toBeDefined();
  });
});
