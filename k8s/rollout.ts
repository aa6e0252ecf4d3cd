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
  /** ServiceAccount that may look (`RolloutAccess`). */
  readonly account: pulumi.Input<string>;
  readonly deployments: readonly Rolled[];
  /** Longest that the rollouts may take. */
  readonly seconds: number;
  /** Epoch of the database's data (`postgres.origin.epoch`): a new value runs the Job again. */
  readonly epoch: number | undefined;
}

/** Life of the token, seconds: the shortest that Kubernetes gives. The kubelet renews it. */
const TOKEN_SECONDS = 600;

/**
 * Waits in Kubernetes' own terms: until the new pods of some Deployments are available and the last
 * old one is gone, its grace included, for what comes next takes away what an old pod still reads.
 * It ends early, in a sentence, where a new pod can't come up. Its template names what it waits for
 * by digest, so it runs anew for a new template or another stated number of pods, and for nothing
 * else: an autoscaler's or a person's number is in neither.
 */
export class Rollout extends pulumi.ComponentResource {
  /** Done means that no older pod of these Deployments is left. */
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

/**
 * The token and the CA, said instead of mounted by themselves: this long, and in this pod alone.
 */
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
