import * as digitalocean from "@pulumi/digitalocean";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { RANGES } from "../config/topology.ts";
import { kubeconfigOf } from "./kubeconfig.ts";

/** Arguments of the cluster. */
export interface ClusterArgs {
  readonly region: string;
  readonly cluster: StackConfig["cluster"];
  readonly vpcId: pulumi.Input<string>;
  /** Tag of every node. The databases' firewalls allow it. */
  readonly nodeTag: pulumi.Input<string>;
  readonly stackTag: pulumi.Input<string>;
  readonly maintenance: StackConfig["maintenance"];
}

/**
 * The Kubernetes cluster with its two pools. Everything in it can be created again, so it has no
 * `protect`: disaster recovery replaces the whole cluster.
 */
export class Cluster extends pulumi.ComponentResource {
  /** The cluster itself. Resources inside it are deleted with it. */
  readonly cluster: pulumi.Resource;
  /** `do:kubernetes:<id>` */
  readonly cloudUrn: pulumi.Output<string>;
  /** Provider for everything inside the cluster. Its kubeconfig holds no credential. */
  readonly provider: kubernetes.Provider;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Cluster", name, {}, opts);
    const { maintenance } = args;
    const { controlPlaneFirewall, workloadPool } = args.cluster;
    const cluster = new digitalocean.KubernetesCluster(
      `${name}-doks`,
      {
        region: args.region,
        version: args.cluster.version,
        vpcUuid: args.vpcId,
        // These two make the cluster VPC-native; changing either replaces it.
        clusterSubnet: RANGES.pods,
        serviceSubnet: RANGES.services,
        // From 1.36 the API's default is true, at $40 a month, and it can't be switched off. Always
        // set it.
        ha: args.cluster.highAvailability,
        // Patch versions only, in the window. Without it the maintenance window has no effect.
        autoUpgrade: true,
        // New nodes start before old ones are drained. The provider's default, but not the API's.
        surgeUpgrade: true,
        maintenancePolicy: {
          day: maintenance.day,
          startTime: `${String(maintenance.clusterHour).padStart(2, "0")}:00`,
        },
        ...(controlPlaneFirewall === undefined
          ? {}
          : {
              controlPlaneFirewall: {
                enabled: true,
                allowedAddresses: controlPlaneFirewall.allowedAddresses,
              },
            }),
        tags: [args.stackTag],
        nodePool: {
          name: "base",
          size: args.cluster.basePool.size,
          nodeCount: args.cluster.basePool.nodes,
          tags: [args.nodeTag],
        },
      },
      {
        parent: this,
        // DigitalOcean installs patch versions automatically. The version here is then lower, and a
        // lower version replaces the cluster.
        ignoreChanges: ["version"],
        // A create that times out leaves a cluster that is billed and not in the state. A long
        // timeout prevents that.
        customTimeouts: { create: "60m" },
      },
    );
    const workloads = new digitalocean.KubernetesNodePool(
      `${name}-workloads`,
      {
        clusterId: cluster.id,
        // No name: with one, a resize would delete the pool before its replacement exists.
        size: workloadPool.size,
        ...nodesOf(workloadPool.nodes, workloadPool.maxNodes),
        tags: [args.nodeTag],
      },
      {
        parent: this,
        customTimeouts: { create: "60m" },
        // The autoscaler changes the number, a refresh writes it to the state, and the next update
        // would change it back.
        ignoreChanges: workloadPool.maxNodes === undefined ? [] : ["nodeCount"],
      },
    );
    this.cluster = cluster;
    this.cloudUrn = cluster.clusterUrn;
    this.provider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: kubeconfigOf(cluster),
        // Identifies the cluster, so that a changed kubeconfig is not a new cluster. Otherwise
        // every resource inside it would be replaced.
        clusterIdentifier: cluster.id,
        // If somebody changed a field by hand (`kubectl scale`, `edit`), they own it. Each later
        // update of the object, and its preview, would fail with "field conflict detected". With
        // force the program takes ownership back
        // (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources).
        enablePatchForce: true,
        // A cluster that does not answer may still run. If the provider treated it as deleted, its
        // objects would leave the state and keep running. Every later update would then fail
        // because their names exist.
        //
        // It is set explicitly, because the option overrides PULUMI_K8S_DELETE_UNREACHABLE in a
        // shell (`Configure` of pulumi-kubernetes `provider/pkg/provider/provider.go`).
        deleteUnreachable: false,
      },
      // Pods can't be scheduled before their nodes exist. Waiting here keeps that time out of every
      // workload's timeout.
      { parent: this, dependsOn: [workloads] },
    );
    this.registerOutputs({});
  }
}

/**
 * Number of nodes, fixed or between two bounds. With both, the update and the autoscaler would
 * change it in turn (the provider's page of `kubernetes_node_pool`).
 */
function nodesOf(
  nodes: number,
  maxNodes: number | undefined,
): Pick<digitalocean.KubernetesNodePoolArgs, "nodeCount" | "autoScale" | "minNodes" | "maxNodes"> {
  return maxNodes === undefined
    ? { nodeCount: nodes }
    : { autoScale: true, minNodes: nodes, maxNodes };
}
