import * as digitalocean from "@pulumi/digitalocean";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { RANGES } from "../config/topology.ts";
import { kubeconfigOf } from "./kubeconfig.ts";

/** What the cluster needs to know. */
export interface ClusterArgs {
  readonly region: string;
  readonly cluster: StackConfig["cluster"];
  readonly vpcId: pulumi.Input<string>;
  /** Tag of every node: what the databases' firewalls admit. */
  readonly nodeTag: pulumi.Input<string>;
}

/**
 * The Kubernetes cluster with its two pools. It holds nothing that can't be made again, so it carries no `protect`: on a bad
 * night it is replaced as a whole.
 */
export class Cluster extends pulumi.ComponentResource {
  /** The cluster itself: what is inside it goes with it. */
  readonly cluster: pulumi.Resource;
  /** For everything inside the cluster. Its kubeconfig holds no credential. */
  readonly provider: kubernetes.Provider;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Cluster", name, {}, opts);
    const cluster = new digitalocean.KubernetesCluster(
      `${name}-doks`,
      {
        region: args.region,
        version: args.cluster.version,
        vpcUuid: args.vpcId,
        // These two make the cluster VPC-native; changing either replaces it.
        clusterSubnet: RANGES.pods,
        serviceSubnet: RANGES.services,
        // From 1.36 the API's default is true, at $40 a month and without a way back: never leave it open.
        ha: args.cluster.highAvailability,
        autoUpgrade: true,
        surgeUpgrade: true,
        maintenancePolicy: { day: "sunday", startTime: "04:00" },
        nodePool: {
          name: "base",
          size: args.cluster.basePool.size,
          nodeCount: args.cluster.basePool.nodes,
          tags: [args.nodeTag],
        },
      },
      {
        parent: this,
        // DigitalOcean upgrades patches by itself; the version here is then "lower", and a lower version replaces the cluster.
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
        size: args.cluster.workloadPool.size,
        nodeCount: args.cluster.workloadPool.nodes,
        tags: [args.nodeTag],
      },
      { parent: this, customTimeouts: { create: "60m" } },
    );
    this.cluster = cluster;
    this.provider = new kubernetes.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: kubeconfigOf(cluster),
        // Says that a changed kubeconfig is still the same cluster; without it everything inside would be replaced.
        clusterIdentifier: cluster.id,
      },
      // Pods can't be placed before their nodes are there; waiting for them here keeps that out of every workload's wait.
      { parent: this, dependsOn: [workloads] },
    );
    this.registerOutputs({});
  }
}
