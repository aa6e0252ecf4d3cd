import type * as pulumi from "@pulumi/pulumi";
import type { Stoppable } from "../config/keys/stopped.ts";
import { Connector } from "../k8s/connector.ts";
import { Sidekiq } from "../k8s/sidekiq.ts";
import { Streaming } from "../k8s/streaming.ts";
import { Web } from "../k8s/web.ts";
import type { Inside } from "./inside.ts";
import type { Resolved } from "./resolved.ts";

/** The workloads that members use: a release rolls them out at the same time. */
export type Member = Web | Streaming | Sidekiq | Connector;

/** Arguments of the members. */
export interface MembersArgs extends Inside {
  /** Options of those that run the release's code. */
  readonly released: pulumi.ComponentResourceOptions;
  readonly tunnelToken: pulumi.Output<string>;
}

/** Creates web, streaming, Sidekiq's groups, and the tunnel's connector. */
export function deployMembers(
  { config, images, image, facts }: Resolved,
  { namespace, environment, inside, guards, released, tunnelToken }: MembersArgs,
): readonly Member[] {
  const { metrics } = config;
  const isStopped = (what: Stoppable): boolean => config.stopped.includes(what);
  const web = new Web(
    "web",
    { namespace, image, web: config.web, environment, metrics, stopped: isStopped("web") },
    released,
  );
  const streaming = new Streaming(
    "streaming",
    {
      namespace,
      image: images.streaming,
      streaming: config.streaming,
      environment,
      metrics,
      stopped: isStopped("streaming"),
    },
    released,
  );
  const sidekiq = config.sidekiq.map(
    (group) =>
      new Sidekiq(
        `sidekiq-${group.name}`,
        {
          namespace,
          image,
          group,
          queues: facts.queues,
          environment,
          metrics,
          keda: config.cluster.keda,
          stopped: isStopped("sidekiq"),
        },
        released,
      ),
  );
  const connector = new Connector(
    "connector",
    { namespace, image: images.cloudflared, tunnelToken, metrics },
    { ...inside, dependsOn: [...guards] },
  );
  return [web, streaming, ...sidekiq, connector];
}
