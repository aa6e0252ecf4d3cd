import { CLOUD_DURATIONS } from "../../../facts/durations.ts";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import { now, offered, refusal, refuseFaults } from "./api.ts";
import {
  addNodes,
  CLUSTER,
  isActualCount,
  POOL_PROPERTIES,
  poolFaults,
  refuseNodeChanges,
  removeCluster,
  resizePool,
  startCount,
} from "./doks.ts";
import { isDay } from "./days.ts";
import { kubeConfigOf } from "./kubeconfig.ts";
import { overlapping } from "./ranges.ts";
import { requireDroplets, requireOffer } from "./scaling.ts";
import { REGIONS } from "./regions.ts";
import { versionRank } from "./sizes.ts";
import { requireVpc } from "./vpc.ts";

const PATH = "/v2/kubernetes/clusters";
const enabled: PropertyRow = {
  kind: "object",
  computed: true,
  fields: { enabled: { kind: "boolean", required: true } },
};
const given: PropertyRow = { kind: "object", output: true };
const address: PropertyRow = { kind: "string", output: true };

/**
 * A DOKS cluster with its default pool (digitalocean/terraform-provider-digitalocean
 * `digitalocean/kubernetes/resource_kubernetes_cluster.go`; pulumi/pulumi-digitalocean
 * `provider/resources.go`). In place: name, version upwards, ha, the pool's count and labels.
 */
export const kubernetesCluster: ResourceRow = {
  type: CLUSTER,
  file: "rehearsal/clouds/digitalocean/kubernetes.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  deleteOf404: "gone",
  outlasted: { create: "Error creating Kubernetes cluster: Timeout waiting to create cluster" },
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    region: { kind: "string", required: true, replaces: true, api: offered(REGIONS) },
    // The provider accepts any text; the API knows the offered versions.
    version: { kind: "string", required: true },
    nodePool: {
      kind: "object",
      required: true,
      fields: {
        ...POOL_PROPERTIES,
        name: { kind: "string", required: true }, // Not autonamed inside a cluster.
        id: { kind: "string", output: true },
      },
    },
    // From 1.36.0 on the default is true, and it can't be switched off (digitalocean/openapi
    // `specification/resources/kubernetes/models/cluster.yml`).
    ha: { kind: "boolean", computed: true },
    autoUpgrade: { kind: "boolean" },
    surgeUpgrade: { kind: "boolean", default: true }, // The provider's default; the API's is false.
    maintenancePolicy: {
      kind: "object",
      computed: true,
      fields: {
        day: {
          kind: "string",
          computed: true,
          refuse: (value) => (String(value).toLowerCase() === "any" ? undefined : isDay(value)),
        },
        startTime: { kind: "string", computed: true },
        duration: { kind: "string", output: true },
      },
    },
    vpcUuid: { kind: "string", computed: true, replaces: true },
    clusterSubnet: { kind: "string", computed: true, replaces: true },
    serviceSubnet: { kind: "string", computed: true, replaces: true },
    destroyAllAssociatedResources: { kind: "boolean", default: false },
    kubeconfigExpireSeconds: { kind: "integer" },
    registryIntegration: { kind: "boolean", default: false },
    controlPlaneFirewall: {
      kind: "object",
      computed: true,
      fields: {
        enabled: { kind: "boolean", required: true },
        allowedAddresses: { kind: "set", required: true, item: { kind: "string" } },
      },
    },
    routingAgent: enabled,
    corednsAutoscaler: enabled,
    p2pOciRegistryPlugin: enabled,
    tags: { kind: "set", item: { kind: "string" } },
    amdGpuDeviceMetricsExporterPlugin: given,
    amdGpuDevicePlugin: given,
    nvidiaGpuDevicePlugin: given,
    rdmaSharedDevicePlugin: given,
    ssos: { kind: "list", output: true },
    workerSubnetUuid: address,
    clusterUrn: address,
    createdAt: address,
    updatedAt: address,
    endpoint: address,
    ipv4Address: address,
    status: address,
    kubeConfigs: { kind: "list", output: true, secret: true },
  },
  seconds: CLOUD_DURATIONS[CLUSTER],
  stableOutputs: "all",
  timeouts: { create: 30 * 60 },
  // A lower version is no change in place (`CustomizeDiff`).
  replacesWhen: (olds, news) =>
    typeof news["version"] === "string" &&
    typeof olds["version"] === "string" &&
    versionRank(news["version"]) < versionRank(olds["version"])
      ? ["version"]
      : [],
  suppresses: (path, olds, news) =>
    path === "nodePool.nodeCount" &&
    isActualCount(read.object(olds, "nodePool"), read.object(news, "nodePool")),
  apiFaults: (inputs) => poolFaults(read.object(inputs, "nodePool"), "nodePool."),
  async create(inputs, context) {
    const { world } = context;
    const name = read.text(inputs, "name");
    const region = read.text(inputs, "region");
    const version = read.text(inputs, "version");
    const doing = "creating Kubernetes cluster";
    refuseFaults(kubernetesCluster, inputs, doing, "POST", PATH);
    const vpcUuid = read.optionalText(inputs, "vpcUuid");
    const vpcRange = requireVpc(context, vpcUuid, region, doing, PATH);
    // https://docs.digitalocean.com/products/kubernetes/how-to/create-vpc-native-cluster
    for (const key of ["clusterSubnet", "serviceSubnet"]) {
      const subnet = read.optionalText(inputs, key);
      if (subnet !== undefined && vpcRange !== undefined && overlapping(subnet, vpcRange))
        throw refusal(
          doing,
          "POST",
          PATH,
          422,
          `${key} ${subnet} overlaps with the VPC's range ${vpcRange}`,
        );
    }
    if (!world.account.kubernetesVersions.includes(version))
      throw refusal(doing, "POST", PATH, 422, `${version} is no version that is offered`);
    if (world.find(CLUSTER, (other) => other["name"] === name).length > 0)
      // crossplane-contrib/provider-upjet-digitalocean#48
      throw refusal(doing, "POST", PATH, 422, "a cluster with this name already exists");
    const asked = read.object(inputs, "nodePool");
    requireOffer(world, region, read.text(asked, "size"), doing, PATH);
    requireDroplets(world, asked, undefined, doing, "POST", PATH);
    const id = world.newId();
    const pool = { id: world.newId(), properties: read.object(inputs, "nodePool") };
    const at = now();
    const ha = inputs["ha"] !== false;
    return {
      id,
      given: {
        ha,
        vpcUuid: vpcUuid ?? world.defaultVpcId,
        clusterSubnet: inputs["clusterSubnet"] ?? "192.168.0.0/20", // The examples of cluster.yml.
        serviceSubnet: inputs["serviceSubnet"] ?? "192.168.16.0/24",
        maintenancePolicy: {
          day: "any",
          startTime: "00:00",
          ...(inputs["maintenancePolicy"] as Properties | undefined),
          duration: "4h0m0s",
        },
        nodePool: shownPool(pool, []),
        ...switchesOf(inputs),
        clusterUrn: `do:kubernetes:${id}`,
        createdAt: at,
        updatedAt: at,
        endpoint: "",
        ipv4Address: "",
        status: "provisioning",
        workerSubnetUuid: "",
      },
      ready: async () => {
        const running = await world.clusters.create(id);
        world.runningClusters.set(id, running);
        const count = startCount(pool.properties);
        const nodes = await addNodes(world, { id, region, version }, pool, count);
        return {
          nodePool: shownPool(pool, nodes),
          endpoint: running.endpoint,
          // Empty with ha; here the control plane is on loopback.
          ipv4Address: ha ? "" : "127.0.0.1",
          status: "running",
          kubeConfigs: [kubeConfigOf(running, name, region, at)],
        };
      },
    };
  },
  async update(object, inputs, { world }) {
    refuseFaults(kubernetesCluster, inputs, "updating cluster", "PUT", `${PATH}/${object.id}`);
    const pool = read.object(object.properties, "nodePool");
    const wanted = { id: read.text(pool, "id"), properties: read.object(inputs, "nodePool") };
    refuseNodeChanges(read.text(pool, "name"), pool, wanted.properties);
    if (object.properties["ha"] === true && inputs["ha"] === false)
      throw refusal(
        "updating cluster",
        "PUT",
        `${PATH}/${object.id}`,
        422,
        "high availability can't be switched off once it is on",
      );
    const nodes = await resizePool(
      world,
      { id: object.id, region: read.text(inputs, "region"), version: read.text(inputs, "version") },
      wanted,
      read.list(pool, "nodes"),
    );
    return {
      nodePool: shownPool(wanted, nodes),
      ...switchesOf({ ...object.properties, ...inputs }),
      updatedAt: now(),
      maintenancePolicy: {
        ...read.object(object.properties, "maintenancePolicy"),
        ...(inputs["maintenancePolicy"] as Properties | undefined),
      },
    };
  },
  async delete(object, { world }) {
    await removeCluster(world, object);
  },
};

function shownPool(
  pool: { readonly id: string; readonly properties: Properties },
  nodes: readonly Properties[],
): Properties {
  return {
    autoScale: false,
    ...pool.properties,
    id: pool.id,
    nodeCount: read.optionalNumber(pool.properties, "nodeCount") ?? nodes.length,
    actualNodeCount: nodes.length,
    nodes,
  };
}

/**
 * Switches of a cluster. All are off by default, except the DNS autoscaler, which is on from 1.36.0
 * (cluster.yml).
 */
function switchesOf(inputs: Properties): Properties {
  const off = { enabled: false };
  return {
    routingAgent: inputs["routingAgent"] ?? off,
    corednsAutoscaler: inputs["corednsAutoscaler"] ?? {
      enabled: versionRank(read.text(inputs, "version")) >= versionRank("1.36.0-do.0"),
    },
    p2pOciRegistryPlugin: inputs["p2pOciRegistryPlugin"] ?? off,
    controlPlaneFirewall: inputs["controlPlaneFirewall"] ?? { ...off, allowedAddresses: [] },
    amdGpuDeviceMetricsExporterPlugin: off,
    amdGpuDevicePlugin: off,
    nvidiaGpuDevicePlugin: off,
    rdmaSharedDevicePlugin: off,
    ssos: [],
  };
}
