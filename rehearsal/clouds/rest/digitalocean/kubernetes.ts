import type { Properties } from "../../../providers/provider.ts";
import type { RunningCluster } from "../../backends.ts";
import { CLUSTER } from "../../digitalocean/doks.ts";
import { kubeConfigOf } from "../../digitalocean/kubeconfig.ts";
import { kubernetesCluster } from "../../digitalocean/kubernetes.ts";
import { REGIONS } from "../../digitalocean/regions.ts";
import { NODE_SIZES, versionRank } from "../../digitalocean/sizes.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import {
  ACCEPTED,
  change,
  make,
  NO_CONTENT,
  ok,
  page,
  propertiesFrom,
  refused,
  type FieldMap,
} from "./answers.ts";
import { clusterOf, ONE_CLUSTER, POOL_FIELDS, poolsOf } from "./node-pools.ts";

/** Tags that DOKS itself adds, which the resource doesn't have. */
const isForeign = (tag: string): boolean => /^k8s(:|$)/.test(tag);

/** Fields that a create and an update share. */
const SHARED_FIELDS: FieldMap = {
  name: "name",
  tags: (value) => ({ tags: (value as readonly string[]).filter((tag) => !isForeign(tag)) }),
  maintenance_policy: (value) => {
    const { day, start_time } = value as Properties;
    return { maintenancePolicy: { day, startTime: start_time } };
  },
  auto_upgrade: "autoUpgrade",
  surge_upgrade: "surgeUpgrade",
  ha: "ha",
  control_plane_firewall: (value) => {
    const { enabled, allowed_addresses } = value as Properties;
    return { controlPlaneFirewall: { enabled, allowedAddresses: allowed_addresses ?? [] } };
  },
  routing_agent: "routingAgent",
  coredns_autoscaler: "corednsAutoscaler",
  p2p_oci_registry_plugin: "p2pOciRegistryPlugin",
};

const CREATE_FIELDS: FieldMap = {
  ...SHARED_FIELDS,
  region: "region",
  version: "version",
  vpc_uuid: "vpcUuid",
  cluster_subnet: "clusterSubnet",
  service_subnet: "serviceSubnet",
  node_pools: (value) => {
    const [first, ...others] = value as readonly Properties[];
    if (others.length > 0)
      throw new Error(
        "The rehearsal makes a cluster with one pool; make the others by a call each.",
      );
    return first === undefined ? {} : { nodePool: propertiesFrom(first, POOL_FIELDS) };
  },
};

/**
 * Clusters, their credentials and versions (digitalocean/openapi 7c1300c4
 * `specification/resources/kubernetes/`).
 */
export const kubernetesOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/kubernetes/clusters",
    answer: (request, world) =>
      page(
        request,
        "kubernetes_clusters",
        world.find(CLUSTER).map((cluster) => shown(world, cluster)),
      ),
  },
  {
    method: "POST",
    path: "/v2/kubernetes/clusters",
    async answer(request, world) {
      const wanted = propertiesFrom(request.body, CREATE_FIELDS);
      const cluster = await make(kubernetesCluster, wanted, request, world);
      return { status: 201, body: { kubernetes_cluster: shown(world, cluster) } };
    },
  },
  {
    method: "GET",
    path: ONE_CLUSTER,
    answer: (request, world) => ok({ kubernetes_cluster: shown(world, clusterOf(request, world)) }),
  },
  {
    method: "PUT",
    path: ONE_CLUSTER,
    async answer(request, world) {
      const cluster = clusterOf(request, world);
      const wanted = propertiesFrom(request.body, SHARED_FIELDS);
      await change(kubernetesCluster, cluster, wanted, request, world);
      return { status: 202, body: { kubernetes_cluster: shown(world, cluster) } };
    },
  },
  {
    method: "DELETE",
    path: ONE_CLUSTER,
    answer: removeCluster,
  },
  {
    method: "GET",
    path: `${ONE_CLUSTER}/destroy_with_associated_resources`,
    answer(request, world) {
      clusterOf(request, world);
      // The rehearsal's clusters have none of them.
      return ok({ load_balancers: [], volumes: [], volume_snapshots: [] });
    },
  },
  {
    method: "DELETE",
    path: `${ONE_CLUSTER}/destroy_with_associated_resources/dangerous`,
    answer: removeCluster,
  },
  {
    method: "GET",
    path: `${ONE_CLUSTER}/credentials`,
    answer(request, world) {
      const { config } = credentialsOf(request, world);
      return ok({
        server: config["host"],
        certificate_authority_data: config["clusterCaCertificate"],
        client_certificate_data: null,
        client_key_data: null,
        token: config["token"],
        expires_at: config["expiresAt"],
      });
    },
  },
  {
    method: "GET",
    path: `${ONE_CLUSTER}/kubeconfig`,
    answer: (request, world) => ({
      status: 200,
      headers: { "content-type": "application/yaml" },
      body: String(credentialsOf(request, world).config["rawConfig"]),
    }),
  },
  {
    method: "POST",
    path: `${ONE_CLUSTER}/upgrade`,
    async answer(request, world) {
      const cluster = clusterOf(request, world);
      const { version } = request.body;
      if (!upgradesOf(world, cluster).includes(String(version)))
        throw refused(request, 422, `${String(version)} is no version to upgrade to`);
      await change(kubernetesCluster, cluster, { version }, request, world);
      return ACCEPTED;
    },
  },
  {
    method: "GET",
    path: `${ONE_CLUSTER}/upgrades`,
    answer: (request, world) =>
      ok({
        available_upgrade_versions: upgradesOf(world, clusterOf(request, world)).map(shownVersion),
      }),
  },
  {
    method: "GET",
    path: "/v2/kubernetes/options",
    answer: (_request, { account }) =>
      ok({
        options: {
          regions: REGIONS.filter((slug) => !account.closedRegions.has(slug)).map(named),
          versions: account.kubernetesVersions.map(shownVersion),
          sizes: NODE_SIZES.filter((slug) => !account.missingSizes.has(slug)).map(named),
        },
      }),
  },
];

async function removeCluster(request: RestRequest, world: World) {
  await remove(kubernetesCluster, clusterOf(request, world), request, world);
  return NO_CONTENT;
}

/**
 * Credentials for a running cluster: an administrator's, valid for the requested time or a week.
 * For a cluster that is being created it is a 412; status and message are assumed.
 */
function credentialsOf(request: RestRequest, world: World): { readonly config: Properties } {
  const { id, properties } = clusterOf(request, world);
  const running: RunningCluster | undefined = world.runningClusters.get(id);
  if (running === undefined) throw refused(request, 412, "the cluster is not running yet");
  const [name, region] = [read.text(properties, "name"), read.text(properties, "region")];
  const config = kubeConfigOf(running, name, region, new Date().toISOString());
  const seconds = Number(request.query.get("expiry_seconds") ?? 0);
  if (!(seconds > 0)) return { config };
  return { config: { ...config, expiresAt: new Date(Date.now() + seconds * 1000).toISOString() } };
}

/**
 * Versions to which a cluster can be upgraded: newer patches of its minor and of the next
 * (https://docs.digitalocean.com/products/kubernetes/how-to/upgrade-cluster/).
 */
function upgradesOf(world: World, { properties }: CloudObject): readonly string[] {
  const version = read.text(properties, "version");
  const minor = (slug: string): number => Number(slug.split(".")[1]);
  return world.account.kubernetesVersions.filter(
    (slug) => versionRank(slug) > versionRank(version) && minor(slug) <= minor(version) + 1,
  );
}

const named = (slug: string): Properties => ({ name: slug, slug });

const shownVersion = (slug: string): Properties => ({
  slug,
  kubernetes_version: slug.split("-")[0],
  supported_features: [
    "cluster-autoscaler",
    "docr-integration",
    "ha-control-plane",
    "token-authentication",
  ],
});

function shown(world: World, cluster: CloudObject): Properties {
  const { id, properties } = cluster;
  const policy = read.object(properties, "maintenancePolicy");
  const firewall = read.object(properties, "controlPlaneFirewall");
  return {
    id,
    name: properties["name"],
    region: properties["region"],
    version: properties["version"],
    cluster_subnet: properties["clusterSubnet"],
    service_subnet: properties["serviceSubnet"],
    vpc_uuid: properties["vpcUuid"],
    ipv4: properties["ipv4Address"],
    endpoint: properties["endpoint"],
    tags: ["k8s", `k8s:${id}`, ...read.texts(properties, "tags")],
    node_pools: poolsOf(world, cluster),
    maintenance_policy: {
      day: policy["day"],
      start_time: policy["startTime"],
      duration: policy["duration"],
    },
    auto_upgrade: properties["autoUpgrade"] ?? false,
    surge_upgrade: properties["surgeUpgrade"] ?? false,
    ha: properties["ha"],
    registry_enabled: properties["registryIntegration"] ?? false,
    control_plane_firewall: {
      enabled: firewall["enabled"],
      allowed_addresses: firewall["allowedAddresses"],
    },
    routing_agent: properties["routingAgent"],
    coredns_autoscaler: properties["corednsAutoscaler"],
    p2p_oci_registry_plugin: properties["p2pOciRegistryPlugin"],
    amd_gpu_device_plugin: properties["amdGpuDevicePlugin"],
    amd_gpu_device_metrics_exporter_plugin: properties["amdGpuDeviceMetricsExporterPlugin"],
    nvidia_gpu_device_plugin: properties["nvidiaGpuDevicePlugin"],
    rdma_shared_dev_plugin: properties["rdmaSharedDevicePlugin"],
    status: { state: cluster.creating === undefined ? properties["status"] : "provisioning" },
    created_at: properties["createdAt"],
    updated_at: properties["updatedAt"],
  };
}
