import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { RESOURCES } from "../domain/resources.ts";
import type { StackConfig } from "../config/schema.ts";
import { SERVICES } from "../config/topology.ts";
import { STREAMING_SETTLE_SECONDS } from "../config/update-time.ts";
import { rolledDeployment, type Rolled } from "./deployment.ts";
import { disruptionBudget } from "./disruption.ts";
import type { Environment } from "./environment/environment.ts";
import { scraped } from "./metrics.ts";
import { container, MASTODON_UID, pod, resourcesOf, spread } from "./pod.ts";
import { service } from "./service.ts";

/** Arguments of streaming. */
export interface StreamingArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image for streaming. */
  readonly image: string;
  readonly streaming: StackConfig["streaming"];
  readonly environment: Environment;
  readonly metrics: StackConfig["metrics"];
  /** Whether it has no pods for now. */
  readonly stopped: boolean;
}

/**
 * A pod is ready once a token that does not exist is refused with 401. The health page answers 200
 * even without a database. With a wrong password, a wrong CA or lost grants this request answers
 * 500, and so would every socket (measured with the server of v4.6.5). It is no liveness probe,
 * because a short outage of the database would restart every pod. The image contains `curl`
 * (mastodon/mastodon `streaming/Dockerfile`).
 */
const STARTED = `status=$(curl --silent --output /dev/null --write-out "%{http_code}" --max-time 4 \\
  --header "Authorization: Bearer nobody" "http://127.0.0.1:$PORT/api/v1/streaming/user")
[ "$status" = 401 ] || { echo "streaming answered $status to a token that nobody has, not 401: it can't read its tables, or not reach its database"; exit 1; }`;
/**
 * Maximum start time of a pod, seconds: the duration of a failover. A pod that starts during a
 * failover then does not have to restart.
 */
const START_SECONDS = 180;
const START_PERIOD_SECONDS = 2;

/**
 * The WebSocket server. It drops every connection at SIGTERM, so it is replaced one pod at a time,
 * slowly.
 */
export class Streaming extends pulumi.ComponentResource {
  readonly rolled: Rolled;

  constructor(name: string, args: StreamingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Streaming", name, {}, opts);
    const { namespace, streaming } = args;
    const rolled = rolledDeployment(
      name,
      {
        namespace,
        component: "streaming",
        replicas: args.stopped ? 0 : streaming.replicas,
        minReadySeconds: STREAMING_SETTLE_SECONDS,
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        // The port that members use: the tunnel forwards only /api/v1/streaming to it.
        ...scraped(args.metrics, SERVICES.streaming.port),
        pod: this.#pod(args),
      },
      this,
    );
    this.rolled = rolled;
    disruptionBudget(name, { namespace, component: "streaming" }, this);
    service(name, { namespace, component: "streaming" }, this);
    this.registerOutputs({});
  }

  #pod({ image, streaming, environment }: StreamingArgs): kubernetes.types.input.core.v1.PodSpec {
    const health = { httpGet: { path: "/api/v1/streaming/health", port: "http" } };
    return pod(MASTODON_UID, {
      containers: [
        container({
          name: "streaming",
          image,
          env: [
            { name: "PORT", value: String(SERVICES.streaming.port) },
            // Its own value: a shared one would give it as many connections as Sidekiq has threads
            // (streaming/database.js).
            { name: "DB_POOL", value: String(streaming.connections) },
          ],
          envFrom: [...environment.streaming],
          ports: [{ name: "http", containerPort: SERVICES.streaming.port }],
          startupProbe: {
            exec: { command: ["sh", "-c", STARTED] },
            periodSeconds: START_PERIOD_SECONDS,
            timeoutSeconds: 5,
            failureThreshold: START_SECONDS / START_PERIOD_SECONDS,
          },
          readinessProbe: { ...health, periodSeconds: 10 },
          livenessProbe: { ...health, periodSeconds: 20, failureThreshold: 3 },
          // While it sleeps no new connection arrives. Existing ones are dropped one pod after the
          // other.
          lifecycle: { preStop: { exec: { command: ["sleep", "10"] } } },
          volumeMounts: [environment.caMount],
          resources: resourcesOf(RESOURCES.streaming),
        }),
      ],
      volumes: [environment.caVolume],
      priorityClassName: PRIORITIES.serving.name,
      terminationGracePeriodSeconds: 20,
      topologySpreadConstraints: spread("streaming") ?? [],
    });
  }
}
