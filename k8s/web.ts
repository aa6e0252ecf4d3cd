import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { webResources } from "../domain/resources.ts";
import type { StackConfig } from "../config/schema.ts";
import { METRICS_PORT, SERVICES } from "../config/topology.ts";
import { autoscaler, replicasOf } from "./autoscaler.ts";
import { rolledDeployment, type Rolled } from "./deployment.ts";
import { disruptionBudget } from "./disruption.ts";
import type { Environment } from "./environment/environment.ts";
import { exporter, scraped } from "./metrics.ts";
import { spread } from "./pod.ts";
import { railsPod } from "./rails.ts";
import { service } from "./service.ts";

/** Arguments of web. */
export interface WebArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image. */
  readonly image: string;
  readonly web: StackConfig["web"];
  readonly environment: Environment;
  readonly metrics: StackConfig["metrics"];
  /** Whether it has no pods for now. */
  readonly stopped: boolean;
}

/**
 * Puma finishes running requests for 30 s after SIGTERM (its `worker_shutdown_timeout`,
 * mastodon/mastodon `config/puma.rb`).
 */
const PUMA_SHUTDOWN_SECONDS = 30;
/**
 * Seconds for which a terminating pod still accepts connections while Kubernetes removes it from
 * the endpoints.
 */
const LEAVE_SECONDS = 10;

/** Puma: pages, API, federation. */
export class Web extends pulumi.ComponentResource {
  readonly rolled: Rolled;

  constructor(name: string, args: WebArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Web", name, {}, opts);
    const { namespace, stopped } = args;
    const web = { ...args.web, stopped };
    const rolled = rolledDeployment(
      name,
      {
        namespace,
        component: "web",
        ...replicasOf(web),
        // Never fewer pods than requested. The surge pod is included in the node and connection
        // budgets (`domain/capacity`).
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        ...scraped(args.metrics, METRICS_PORT),
        pod: this.#pod(args),
      },
      this,
    );
    this.rolled = rolled;
    disruptionBudget(name, { namespace, component: "web" }, this);
    autoscaler(name, { namespace, component: "web", ...web }, rolled.deployment, this);
    service(name, { namespace, component: "web" }, this);
    this.registerOutputs({});
  }

  #pod({ image, web, environment, metrics }: WebArgs): kubernetes.types.input.core.v1.PodSpec {
    return railsPod({
      name: "puma",
      image,
      environment,
      database: "pooled",
      moreEnvironment: environment.web.from,
      // Optional: `metrics`.
      neighbours: metrics === undefined ? [] : [exporter(image)],
      args: ["bundle", "exec", "puma", "-C", "config/puma.rb"],
      env: {
        ...environment.web.env,
        WEB_CONCURRENCY: String(web.workers),
        MAX_THREADS: String(web.threads),
        PORT: String(SERVICES.web.port),
        // Longer than cloudflared keeps an idle connection (90 s). Otherwise cloudflared sends a
        // request into a closing one: 502.
        PERSISTENT_TIMEOUT: "120",
      },
      resources: webResources(web),
      temporary: "2Gi",
      container: {
        ports: [{ name: "http", containerPort: SERVICES.web.port }],
        startupProbe: {
          httpGet: { path: "/health", port: "http" },
          periodSeconds: 5,
          failureThreshold: 30,
        },
        readinessProbe: {
          httpGet: { path: "/health", port: "http" },
          periodSeconds: 10,
          timeoutSeconds: 5,
        },
        // Not /health, which queries Postgres: a database in trouble must not restart every web
        // pod.
        livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 10, failureThreshold: 6 },
        lifecycle: { preStop: { exec: { command: ["sleep", String(LEAVE_SECONDS)] } } },
      },
      pod: {
        priorityClassName: PRIORITIES.serving.name,
        terminationGracePeriodSeconds: LEAVE_SECONDS + PUMA_SHUTDOWN_SECONDS + 5,
        topologySpreadConstraints: spread("web") ?? [],
      },
    });
  }
}
