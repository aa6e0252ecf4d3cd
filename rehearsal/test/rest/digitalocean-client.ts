import { expect } from "vitest";
import * as types from "../clouds/standard.ts";
import { eventually, until, type ClientRow } from "./client-row.ts";
import { DATABASE_ROWS } from "./digitalocean-database-rows.ts";
import type { Json } from "./walk.ts";

const TOLD = { email: ["ops@social.example"], slack: [] };

/**
 * One of every type of DigitalOcean in the stack except buckets, in the order of their
 * dependencies.
 */
export const CLIENT_ROWS: readonly ClientRow[] = [
  {
    type: types.VPC,
    async make(api) {
      const wanted = { name: "network", region: "fra1", ipRange: "10.10.0.0/20" };
      const { id } = (await api.vpcs.post(wanted)).vpc;
      const one = api.vpcs.byVpc_id(id);
      return {
        id,
        read: async () => (await one.get()).vpc,
        list: async () => (await api.vpcs.get()).vpcs,
        isIn: (item) => item.id === id,
        change: {
          make: () => one.put({ name: "network", description: "of a server" }),
          seen: (vpc) => vpc.description,
          property: "description",
          value: "of a server",
        },
        remove: () => eventually(() => one.delete()),
      };
    },
  },
  {
    type: types.TAG,
    async make(api) {
      const { name } = (await api.tags.post({ name: "mastodon" })).tag;
      const one = api.tags.byTag_id(name);
      return {
        id: name,
        read: async () => (await one.get()).tag,
        list: async () => (await api.tags.get()).tags,
        isIn: (item) => item.name === name,
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.CLUSTER,
    async make(api, made) {
      const all = api.kubernetes.clusters;
      const { id } = (
        await all.post({
          name: "doks",
          region: "fra1",
          version: "1.36.0-do.2",
          vpcUuid: made.get(types.VPC)!.id,
          ha: false,
          surgeUpgrade: true,
          tags: ["mastodon"],
          nodePools: [{ name: "base", size: "s-2vcpu-4gb", count: 1 }],
        })
      ).kubernetesCluster;
      const one = all.byCluster_id(id);
      const read = async () => (await one.get()).kubernetesCluster;
      await until(async () => (await read()).status.state === "running");
      return {
        id,
        read,
        list: async () => (await all.get()).kubernetesClusters,
        isIn: (item) => item.id === id,
        change: {
          make: () => one.put({ name: "doks", autoUpgrade: true }),
          seen: (cluster) => cluster.autoUpgrade,
          property: "autoUpgrade",
          value: true,
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.NODE_POOL,
    async make(api, made) {
      const all = api.kubernetes.clusters.byCluster_id(made.get(types.CLUSTER)!.id).node_pools;
      const wanted = { name: "work", size: "s-4vcpu-8gb", autoScale: true, minNodes: 1 };
      const { id } = (await all.post({ ...wanted, maxNodes: 2, count: 1 })).nodePool;
      const one = all.byNode_pool_id(id);
      const read = async () => (await one.get()).nodePool;
      await until(async () => (await read()).nodes.length === 1);
      return {
        id,
        read,
        list: async () => (await all.get()).nodePools,
        isIn: (item) => item.id === id,
        change: {
          make: () => one.put({ ...wanted, maxNodes: 3, count: 1 }),
          seen: (pool) => pool.maxNodes,
          property: "maxNodes",
          value: 3,
        },
        remove: () => one.delete(),
      };
    },
  },
  ...DATABASE_ROWS,
  {
    type: types.PROJECT,
    async make(api) {
      const wanted = { name: "social", purpose: "Web Application", environment: "Production" };
      const { id } = (await api.projects.post(wanted)).project;
      const one = api.projects.byProject_id(id);
      return {
        id,
        read: async () => (await one.get()).project,
        list: async () => (await api.projects.get()).projects,
        isIn: (item) => item.id === id,
        change: {
          make: () => one.patch({ description: "A server" }),
          seen: (project) => project.description,
          property: "description",
          value: "A server",
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.PROJECT_RESOURCES,
    async make(api, made) {
      const id = made.get(types.PROJECT)!.id;
      const { resources } = api.projects.byProject_id(id);
      const cluster = `do:kubernetes:${made.get(types.CLUSTER)!.id}`;
      const database = `do:dbaas:${made.get(types.DATABASE)!.id}`;
      await resources.post({ resources: [cluster] });
      const read = async () => (await resources.get()).resources;
      return {
        id,
        read,
        list: read,
        isIn: (item) => item.urn === cluster,
        change: {
          make: () => resources.post({ resources: [database] }),
          seen: (all) => all.map(({ urn }: Json) => urn).toSorted(),
          property: "resources",
          value: [cluster, database].toSorted(),
          inState: expect.arrayContaining([cluster, database]),
        },
        remove: () =>
          api.projects.defaultEscaped.resources.post({ resources: [cluster, database] }),
      };
    },
  },
  {
    type: types.UPTIME_CHECK,
    async make(api) {
      const all = api.uptime.checks;
      const wanted = { name: "web", type: "https", target: "https://social.example/health" };
      const rest = { regions: ["us_east"], enabled: true };
      const { id } = (await all.post({ ...wanted, ...rest })).check;
      const one = all.byCheck_id(id);
      return {
        id,
        read: async () => (await one.get()).check,
        list: async () => (await all.get()).checks,
        isIn: (item) => item.id === id,
        change: {
          make: () => one.put({ ...wanted, ...rest, enabled: false }),
          seen: (check) => check.enabled,
          property: "enabled",
          value: false,
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.UPTIME_ALERT,
    async make(api, made) {
      const all = api.uptime.checks.byCheck_id(made.get(types.UPTIME_CHECK)!.id).alerts;
      const wanted = {
        name: "slow",
        type: "latency",
        threshold: 2000,
        comparison: "greater_than",
        period: "5m",
        notifications: TOLD,
      };
      const { id } = (await all.post(wanted)).alert;
      const one = all.byAlert_id(id);
      return {
        id,
        read: async () => (await one.get()).alert,
        list: async () => (await all.get()).alerts,
        isIn: (item) => item.id === id,
        change: {
          make: () => one.put({ ...wanted, threshold: 3000 }),
          seen: (alert) => alert.threshold,
          property: "threshold",
          value: 3000,
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.MONITOR_ALERT,
    async make(api, made) {
      const all = api.monitoring.alerts;
      const wanted = {
        type: "v1/dbaas/alerts/disk_utilization_alerts",
        description: "the disk fills up",
        compare: "GreaterThan",
        value: 85,
        window: "30m",
        entities: [made.get(types.DATABASE)!.id],
        tags: [],
        alerts: TOLD,
        enabled: true,
      };
      const id = (await all.post(wanted)).policy.uuid;
      const one = all.byAlert_uuid(id);
      return {
        id,
        read: async () => (await one.get()).policy,
        list: async () => (await all.get()).policies,
        isIn: (item) => item.uuid === id,
        change: {
          make: () => one.put({ ...wanted, value: 90 }),
          seen: (policy) => policy.value,
          property: "value",
          value: 90,
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.SPACES_KEY,
    async make(api) {
      const all = api.spaces.keys;
      const wanted = { name: "media", grants: [{ bucket: "media", permission: "readwrite" }] };
      const { accessKey, secretKey } = (await all.post(wanted)).key;
      const one = all.byAccess_key(accessKey);
      if (!secretKey) throw new Error("A new key has no secret.");
      return {
        id: accessKey,
        read: async () => (await one.get()).keys[0],
        list: async () => (await all.get()).keys,
        isIn: (item) => item.accessKey === accessKey,
        change: {
          make: () => one.put({ ...wanted, name: "files" }),
          seen: (key) => key.name,
          property: "name",
          value: "files",
        },
        remove: () => one.delete(),
      };
    },
  },
];
