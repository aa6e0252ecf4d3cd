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
  /** Tag of every node: what the databases' firewalls admit. */
  readonly nodeTag: pulumi.Input<string>;
  readonly stackTag: pulumi.Input<string>;
  readonly maintenance: StackConfig["maintenance"];
}

/**
 * The Kubernetes cluster with its two pools. It holds nothing that can't be made again, so it
 * carries no `protect`: on a bad night it is replaced as a whole.
 */
export class Cluster extends pulumi.ComponentResource {
  /** The cluster itself: what is inside it goes with it. */
  readonly cluster: pulumi.Resource;
  /** `do:kubernetes:<id>` */
  readonly cloudUrn: pulumi.Output<string>;
  /** For everything inside the cluster. Its kubeconfig holds no credential. */
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
        // From 1.36 the API's default is true, at $40 a month and without a way back: never leave
        // it open.
        ha: args.cluster.highAvailability,
        // Patches only, in the window; without it the window means nothing.
        autoUpgrade: true,
        // New nodes come up before old ones are drained. The provider's default, but not the API's.
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
        // DigitalOcean upgrades patches by itself; the version here is then "lower", and a lower
        // version replaces the cluster.
        ignoreChanges: ["version"],
        // A create that times out leaves a cluster that is billed and in no state: better wait.
        customTimeouts: { create: "60m" },
      },
    );
    const workloads = new digitalocean.KubernetesNodePool(
      `${name}-workloads`,
      {
        clusterId: cluster.id,
        // No name: with one a resize would delete the pool before its successor exists.
        size: workloadPool.size,
        ...nodesOf(workloadPool.nodes, workloadPool.maxNodes),
        tags: [args.nodeTag],
      },
      {
        parent: this,
        customTimeouts: { create: "60m" },
        // The autoscaler moves it, a refresh brings its number into the state, and the next update
        // would move it back.
        ignoreChanges: workloadPool.maxNodes === undefined ? [] : ["nodeCount"],
      },
    );
    this.cluster = cluster;
    this.cloudUrn = cluster.clusterUrn;
    this.provider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: kubeconfigOf(cluster),
        // Says that a changed kubeconfig is still the same cluster; without it everything inside
        // would be replaced.
        clusterIdentifier: cluster.id,
        // A field that somebody changed by hand (`kubectl scale`, `edit`) belongs to them: each
        // later update of the object, and its preview, would be refused with "field conflict
        // detected". Forced, the program takes it back
        // (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources).
        enablePatchForce: true,
        // A cluster that does not answer may live. Taken for deleted, all its objects leave the
        // state and go on running, and every later update is refused by their names. Written down,
        // no PULUMI_K8S_DELETE_UNREACHABLE in some shell changes it (`Configure` of
        // pulumi-kubernetes `provider/pkg/provider/provider.go`: the option overrides the
        // variable).
        deleteUnreachable: false,
      },
      // Pods can't be placed before their nodes are there; waiting for them here keeps that out of
      // every workload's wait.
      { parent: this, dependsOn: [workloads] },
    );
    this.registerOutputs({});
  }
}

/**
 * Number of nodes, fixed or between two bounds. Both at once would be two masters (the provider's
 * page of `kubernetes_node_pool`).
 */
function nodesOf(
  nodes: number,
  maxNodes: number | undefined,
): Pick<digitalocean.KubernetesNodePoolArgs, "nodeCount" | "autoScale" | "minNodes" | "maxNodes"> {
  return maxNodes === undefined
    ? { nodeCount: nodes }
    : { autoScale: true, minNodes: nodes, maxNodes };
}
