import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../domain/resources.ts";
import { STEP_START_SECONDS } from "../config/update-time.ts";
import type { Rolled } from "./deployment.ts";
import { releaseJob } from "./job.ts";
import { container, MASTODON_UID, pod, resourcesOf } from "./pod.ts";
import { ROLLOUT_SCRIPT, TOKEN_FOLDER } from "./rollout-script.ts";

/** Arguments of a step that waits for rollouts. */
export interface RolloutArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image, for its Ruby. */
  readonly image: string;
  /** ServiceAccount with read access (`RolloutAccess`). */
  readonly account: pulumi.Input<string>;
  readonly deployments: readonly Rolled[];
  /** Time limit of the rollouts, seconds. */
  readonly seconds: number;
  /** Epoch of the database's data (`postgres.origin.epoch`): a new value runs the Job again. */
  readonly epoch: number | undefined;
}

/** Lifetime of the token, seconds: Kubernetes' minimum. The kubelet renews it. */
const TOKEN_SECONDS = 600;

/**
 * Waits until the new pods of some Deployments are available and the last old pod is gone,
 * including its grace period. The next step removes columns that an old pod still reads. It fails
 * early, with a message, if a new pod can't start.
 *
 * Its template contains the digests of the Deployments. So it runs again only for a new template or
 * another stated number of pods. A number that an autoscaler or an operator set is in neither.
 */
export class Rollout extends pulumi.ComponentResource {
  /** Once it is complete, no older pod of these Deployments is left. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: RolloutArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Rollout", name, {}, opts);
    const { namespace, deployments, seconds } = args;
    const digests = Object.fromEntries(
      deployments.map(({ component, digest }) => [component, digest]),
    );
    const deadlineSeconds = STEP_START_SECONDS + seconds;
    this.job = releaseJob(
      name,
      {
        namespace,
        component: name,
        epoch: args.epoch,
        deadlineSeconds,
        pod: pod(MASTODON_UID, {
          serviceAccountName: args.account,
          containers: [
            container({
              name: "wait",
              image: args.image,
              args: [
                ...["ruby", "-e", ROLLOUT_SCRIPT],
                ...[namespace, String(seconds), pulumi.jsonStringify(digests)],
              ],
              volumeMounts: [{ name: "token", mountPath: TOKEN_FOLDER, readOnly: true }],
              resources: resourcesOf(RESOURCES.rollout),
            }),
          ],
          volumes: [tokenVolume()],
        }),
      },
      { parent: this, customTimeouts: { create: `${deadlineSeconds + 60}s` } },
    );
    this.registerOutputs({});
  }
}

/** The token and the CA as an explicit volume, with a short lifetime and only in this pod. */
function tokenVolume(): kubernetes.types.input.core.v1.Volume {
  return {
    name: "token",
    projected: {
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: TOKEN_SECONDS } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      ],
    },
  };
}
