import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { MastodonFacts } from "../facts/mastodon/facts.ts";
import { PRIORITIES } from "../domain/priorities.ts";
import { sidekiqResources } from "../domain/resources.ts";
import type { StackConfig } from "../config/schema.ts";
import { METRICS_PORT } from "../config/topology.ts";
import { autoscaler, replicasOf } from "./autoscaler.ts";
import { rolledDeployment, type Rolled } from "./deployment.ts";
import { disruptionBudget } from "./disruption.ts";
import type { Environment } from "./environment/environment.ts";
import { scraped } from "./metrics.ts";
import { LIVENESS, LIVENESS_SCRIPT } from "./sidekiq-liveness.ts";
import { spread } from "./pod.ts";
import { queueAutoscaler } from "./queue-autoscaler.ts";
import { railsPod } from "./rails.ts";

/** One group of Sidekiq processes. */
export type SidekiqGroup = StackConfig["sidekiq"][number];

/** Arguments of a group. */
export interface SidekiqArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image. */
  readonly image: string;
  readonly group: SidekiqGroup;
  /** Queues of the deployed release, with their weights. */
  readonly queues: MastodonFacts["queues"];
  readonly environment: Environment;
  readonly metrics: StackConfig["metrics"];
  /** Scales it by its queues, if the cluster has KEDA; otherwise by CPU. */
  readonly keda: StackConfig["cluster"]["keda"];
  /** Whether it has no pods for now. */
  readonly stopped: boolean;
}

/**
 * File that shows that Sidekiq has started (set in Mastodon's image as
 * MASTODON_SIDEKIQ_READY_FILENAME).
 */
const READY_FILE = "/opt/mastodon/tmp/sidekiq_process_has_started_and_will_begin_processing_jobs";

/** Background jobs of a set of queues. */
export class Sidekiq extends pulumi.ComponentResource {
  readonly rolled: Rolled;

  constructor(name: string, args: SidekiqArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Sidekiq", name, {}, opts);
    const { namespace, group, stopped } = args;
    const component = `sidekiq-${group.name}`;
    const rolled = rolledDeployment(
      name,
      {
        namespace,
        component,
        ...replicasOf({ ...group, stopped }),
        strategy: group.queues.includes("scheduler")
          ? // The old pod stops first: two schedulers, even for a moment, would run periodic jobs
            // twice.
            { type: "Recreate" }
          : { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        ...scraped(args.metrics, METRICS_PORT),
        pod: this.#pod(args),
      },
      this,
    );
    this.rolled = rolled;
    disruptionBudget(name, { namespace, component }, this);
    const scaled = { namespace, component, ...group, stopped };
    if (args.keda === undefined) autoscaler(name, scaled, rolled.deployment, this);
    else queueAutoscaler(name, { ...scaled, ...args.keda }, rolled.deployment, this);
    this.registerOutputs({});
  }

  #pod({
    image,
    group,
    queues,
    environment,
    metrics,
  }: SidekiqArgs): kubernetes.types.input.core.v1.PodSpec {
    const ready = { exec: { command: ["cat", READY_FILE] } };
    return railsPod({
      name: "sidekiq",
      image,
      environment,
      database: "pooled",
      moreEnvironment: environment.sidekiq.from,
      args: [
        "bundle",
        "exec",
        "sidekiq",
        "-c",
        String(group.concurrency),
        ...group.queues.flatMap((queue) => [
          "-q",
          `${queue},${queues.find(({ name }) => name === queue)?.weight ?? 1}`,
        ]),
      ],
      // Mastodon's default, set explicitly because the connection budget depends on it.
      env: { ...environment.sidekiq.env, DB_POOL: String(group.concurrency) },
      resources: sidekiqResources(group),
      temporary: "4Gi",
      workFolder: true,
      container: {
        ...(metrics === undefined
          ? {}
          : { ports: [{ name: "metrics", containerPort: METRICS_PORT }] }),
        startupProbe: { ...ready, periodSeconds: 5, failureThreshold: 30 },
        readinessProbe: { ...ready, periodSeconds: 10 },
        livenessProbe: {
          exec: { command: ["bash", "-c", LIVENESS_SCRIPT] },
          ...LIVENESS,
        },
      },
      // Sidekiq gives running jobs 25 s and puts the rest back (sidekiq `lib/sidekiq/config.rb`,
      // timeout). Then its connections close.
      pod: {
        priorityClassName: PRIORITIES.background.name,
        terminationGracePeriodSeconds: 60,
        topologySpreadConstraints: spread(`sidekiq-${group.name}`) ?? [],
      },
    });
  }
}
