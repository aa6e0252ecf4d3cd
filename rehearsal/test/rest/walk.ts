import type { Method } from "../../clouds/rest/router.ts";

/** A JSON body whose form the caller knows. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** Sends a request to DigitalOcean's API; returns the body. @throws if the status is no success. */
export type Ask = (method: Method, path: string, body?: Json) => Promise<Json>;

/** Recipients of both kinds of alerts. */
const TOLD = {
  email: ["ops@social.example"],
  slack: [{ channel: "#ops", url: "https://hooks.slack.example/services/T/B/1" }],
};

/**
 * Sends every operation of the simulated DigitalOcean at least once, as an operator's client would.
 * It creates one of everything, reads and lists it, changes it, and deletes all of it.
 */
export async function walkDigitalocean(ask: Ask): Promise<void> {
  for (const path of ["/v2/account", "/v2/customers/my/balance", "/v2/regions", "/v2/sizes"])
    await ask("GET", path);
  await ask("GET", "/v2/databases/options");
  await ask("GET", "/v2/kubernetes/options");
  await ask("POST", "/v2/tags", { name: "mastodon" });
  const vpc = await walkVpc(ask);
  const cluster = await walkCluster(ask, vpc);
  const databases = await walkDatabases(ask, vpc);
  await ask("GET", `/v2/vpcs/${vpc}/members`);
  await ask("GET", "/v2/tags?page=1&per_page=1");
  await ask("GET", "/v2/tags?page=2&per_page=1");
  await ask("GET", "/v2/tags/mastodon");
  const project = await walkProject(ask, [
    `do:kubernetes:${cluster.id}`,
    ...databases.ids.map((id) => `do:dbaas:${id}`),
  ]);
  await walkUptime(ask);
  await walkMonitoring(ask, databases.ids);
  await walkSpacesKeys(ask);
  await databases.remove();
  await cluster.remove();
  await ask("DELETE", `/v2/projects/${project}`);
  await ask("DELETE", "/v2/tags/mastodon");
  await until(async () => (await ask("GET", `/v2/vpcs/${vpc}/members`)).members.length === 0);
  await ask("DELETE", `/v2/vpcs/${vpc}`);
}

async function walkVpc(ask: Ask): Promise<string> {
  const body = { name: "network", region: "fra1", ip_range: "10.10.0.0/20" };
  const { id } = (await ask("POST", "/v2/vpcs", body)).vpc;
  await ask("GET", "/v2/vpcs");
  await ask("GET", `/v2/vpcs/${id}`);
  await ask("PUT", `/v2/vpcs/${id}`, { name: "network", description: "of a server" });
  await ask("PATCH", `/v2/vpcs/${id}`, { description: "of the server" });
  return id;
}

async function walkCluster(ask: Ask, vpc: string) {
  const all = "/v2/kubernetes/clusters";
  const pool = { size: "s-2vcpu-4gb", tags: ["mastodon"], labels: { role: "base" } };
  const { id } = (
    await ask("POST", all, {
      name: "doks",
      region: "fra1",
      version: "1.36.0-do.2",
      vpc_uuid: vpc,
      ha: false,
      auto_upgrade: false,
      surge_upgrade: true,
      maintenance_policy: { day: "sunday", start_time: "03:00" },
      tags: ["mastodon"],
      node_pools: [{ ...pool, name: "base", count: 1 }],
    })
  ).kubernetes_cluster;
  const one = `${all}/${id}`;
  await until(async () => (await ask("GET", one)).kubernetes_cluster.status.state === "running");
  await ask("GET", all);
  await ask("GET", `${one}/credentials?expiry_seconds=0`);
  await ask("GET", `${one}/kubeconfig?expiry_seconds=600`);
  await ask("GET", `${one}/upgrades`);
  await ask("PUT", one, { name: "doks", surge_upgrade: false });
  await ask("POST", `${one}/upgrade`, { version: "1.36.0-do.3" });
  const scaled = { auto_scale: true, min_nodes: 1, max_nodes: 3 };
  const work = (
    await ask("POST", `${one}/node_pools`, { ...pool, name: "work", count: 1, ...scaled })
  ).node_pool.id;
  const ofWork = `${one}/node_pools/${work}`;
  await until(async () => (await ask("GET", ofWork)).node_pool.nodes.length > 0);
  await ask("GET", `${one}/node_pools`);
  const { name, tags, labels } = (await ask("GET", ofWork)).node_pool;
  await ask("PUT", ofWork, { name, count: 1, tags, labels, ...scaled, max_nodes: 4 });
  await ask("GET", `${one}/destroy_with_associated_resources`);
  return {
    id: id as string,
    remove: async () => {
      await ask("DELETE", ofWork);
      await ask("DELETE", one);
      // The other call that deletes one.
      const next = await ask("POST", all, {
        name: "another",
        region: "fra1",
        version: "1.36.0-do.3",
        vpc_uuid: vpc,
        node_pools: [{ size: "s-2vcpu-4gb", name: "base", count: 1 }],
      });
      const { id: other } = next.kubernetes_cluster;
      await ask("DELETE", `${all}/${other}/destroy_with_associated_resources/dangerous`);
    },
  };
}

async function walkDatabases(ask: Ask, vpc: string) {
  const all = "/v2/databases";
  const shared = { region: "fra1", num_nodes: 1, private_network_uuid: vpc, tags: ["mastodon"] };
  const online = async (path: string, key = "database"): Promise<void> =>
    await until(async () => (await ask("GET", path))[key].status === "online");
  const make = async (body: Json): Promise<string> => {
    const { id } = (await ask("POST", all, { ...shared, ...body })).database;
    await online(`${all}/${id}`);
    return id;
  };
  const storage = { enabled: true, threshold_percent: 80, increment_gib: 10 };
  const postgres = await make({
    name: "pg",
    engine: "pg",
    version: "17",
    size: "db-s-1vcpu-2gb",
    autoscale: { storage },
    rules: [{ type: "ip_addr", value: "192.0.2.1" }],
  });
  const valkey = await make({
    name: "cache",
    engine: "valkey",
    version: "8",
    size: "db-s-1vcpu-1gb",
  });
  const [one, cache] = [`${all}/${postgres}`, `${all}/${valkey}`];
  await ask("GET", `${all}?tag_name=mastodon`);
  for (const part of ["ca", "backups", "events", "autoscale", "firewall"])
    await ask("GET", `${one}/${part}`);
  await ask("PATCH", `${one}/config`, {
    config: { log_min_duration_statement: 1000, "pg_stat_statements.track": "all" },
  });
  await ask("GET", `${one}/config`);
  await ask("PATCH", `${cache}/config`, { config: { valkey_persistence: "rdb" } });
  await ask("GET", `${cache}/config`);
  await ask("PUT", `${cache}/eviction_policy`, { eviction_policy: "noeviction" });
  await ask("GET", `${cache}/eviction_policy`);
  await ask("PUT", `${one}/maintenance`, { day: "sunday", hour: "03:00" });
  await ask("PUT", `${one}/autoscale`, { storage: { ...storage, increment_gib: 20 } });
  await ask("PUT", `${one}/upgrade`, { version: "17" });
  await ask("PUT", `${one}/resize`, { size: "db-s-2vcpu-4gb", num_nodes: 2 });
  await online(one);
  await ask("PUT", `${cache}/migrate`, { region: "ams3" });
  await online(cache);
  await ask("PUT", `${one}/firewall`, { rules: [{ type: "tag", value: "mastodon" }] });
  await ask("POST", `${one}/users`, { name: "mastodon" });
  await ask("GET", `${one}/users`);
  await ask("GET", `${one}/users/mastodon`);
  await ask("POST", `${one}/users/mastodon/reset_auth`, {});
  await ask("POST", `${one}/dbs`, { name: "mastodon" });
  await ask("GET", `${one}/dbs`);
  await ask("GET", `${one}/dbs/mastodon`);
  const pool = { mode: "transaction", size: 10, db: "mastodon", user: "mastodon" };
  await ask("POST", `${one}/pools`, { name: "web", ...pool });
  await ask("GET", `${one}/pools`);
  await ask("PUT", `${one}/pools/web`, { ...pool, size: 12 });
  await ask("GET", `${one}/pools/web`);
  const replica = { name: "replica", region: "fra1", size: "db-s-2vcpu-4gb" };
  await ask("POST", `${one}/replicas`, { ...replica, private_network_uuid: vpc });
  await online(`${one}/replicas/replica`, "replica");
  await ask("GET", `${one}/replicas`);
  await ask("PUT", `${one}/replicas/replica/firewall`, {
    rules: [{ type: "tag", value: "mastodon" }],
  });
  await ask("GET", `${one}/replicas/replica/firewall`);
  const tagged = { resources: [{ resource_id: postgres, resource_type: "database" }] };
  await ask("POST", "/v2/tags", { name: "another" });
  await ask("POST", "/v2/tags/another/resources", tagged);
  await ask("DELETE", "/v2/tags/another/resources", tagged);
  await ask("DELETE", "/v2/tags/another");
  return {
    ids: [postgres, valkey],
    remove: async () => {
      await ask("DELETE", `${one}/replicas/replica`);
      await ask("DELETE", `${one}/pools/web`);
      await ask("DELETE", `${one}/dbs/mastodon`);
      await ask("DELETE", `${one}/users/mastodon`);
      await ask("PUT", `${one}/firewall`, { rules: [] });
      await ask("DELETE", one);
      await ask("DELETE", cache);
    },
  };
}

async function walkProject(ask: Ask, urns: readonly string[]): Promise<string> {
  const body = { name: "social", purpose: "Web Application", environment: "Production" };
  const { id } = (await ask("POST", "/v2/projects", body)).project;
  const one = `/v2/projects/${id}`;
  await ask("GET", "/v2/projects");
  await ask("GET", "/v2/projects/default");
  await ask("GET", one);
  await ask("PUT", one, { ...body, description: "A server", is_default: false });
  await ask("PATCH", one, { description: "The server" });
  await ask("POST", `${one}/resources`, { resources: urns });
  await ask("GET", `${one}/resources?page=1&per_page=200`);
  await ask("POST", "/v2/projects/default/resources", { resources: urns });
  await ask("GET", "/v2/projects/default/resources");
  return id;
}

async function walkUptime(ask: Ask): Promise<void> {
  const all = "/v2/uptime/checks";
  const body = {
    name: "web",
    type: "https",
    target: "https://social.example/health",
    regions: ["us_east", "eu_west"],
    enabled: true,
  };
  const one = `${all}/${(await ask("POST", all, body)).check.id}`;
  await ask("GET", all);
  await ask("GET", one);
  await ask("GET", `${one}/state`);
  await ask("PUT", one, { ...body, enabled: false });
  const alert = {
    name: "slow",
    type: "latency",
    threshold: 2000,
    comparison: "greater_than",
    period: "5m",
    notifications: TOLD,
  };
  const alerts = `${one}/alerts`;
  const { id } = (await ask("POST", alerts, alert)).alert;
  await ask("GET", alerts);
  await ask("GET", `${alerts}/${id}`);
  await ask("PUT", `${alerts}/${id}`, { ...alert, threshold: 3000 });
  await ask("DELETE", `${alerts}/${id}`);
  await ask("DELETE", one);
}

async function walkMonitoring(ask: Ask, entities: readonly string[]): Promise<void> {
  const all = "/v2/monitoring/alerts";
  const body = {
    type: "v1/dbaas/alerts/disk_utilization_alerts",
    description: "the disk fills up",
    compare: "GreaterThan",
    value: 85,
    window: "30m",
    entities,
    tags: [],
    alerts: TOLD,
    enabled: true,
  };
  const one = `${all}/${(await ask("POST", all, body)).policy.uuid}`;
  await ask("GET", all);
  await ask("GET", one);
  await ask("PUT", one, { ...body, value: 90 });
  await ask("DELETE", one);
}

async function walkSpacesKeys(ask: Ask): Promise<void> {
  const all = "/v2/spaces/keys";
  const body = { name: "media", grants: [{ bucket: "media", permission: "readwrite" }] };
  const one = `${all}/${(await ask("POST", all, body)).key.access_key}`;
  await ask("GET", all);
  await ask("GET", one);
  await ask("PUT", one, { ...body, name: "media-2" });
  await ask("PATCH", one, { ...body, name: "media-3" });
  await ask("DELETE", one);
}

/** Polls until a condition is true, as a client does; an idle machine needs few turns. */
async function until(is: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("It is still not so after 200 questions.");
}
