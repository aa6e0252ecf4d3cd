/**
 * Durations on the real clouds and in the cluster. The estimates of `npm run rebuild` and the
 * rehearsal's timeline read the same numbers.
 */

/** A duration on the real cloud, with the source of the number. */
export interface RealDuration {
  readonly seconds: number;
  readonly source: string;
}

/** A duration that is not published. */
export interface AssumedDuration {
  readonly seconds: number;
  readonly because: string;
}

/** Creation of a DOKS cluster with its first pool. */
export const CLUSTER_CREATE: RealDuration = {
  seconds: 323,
  source:
    "5m23s in a public build log; 6 to 7 min in crossplane-contrib/provider-upjet-digitalocean#48",
};

/** Creation of a node pool. */
export const POOL_CREATE: RealDuration = {
  seconds: 180,
  source: "assumed: 2 to 4 min, polled every 10 s; nobody publishes it",
};

/** Creation of a managed database. */
export const DATABASE_CREATE: RealDuration = {
  seconds: 250,
  source:
    "digitalocean/terraform-provider-digitalocean#1102: a database with a user in 250 s; #381: 5m3s. No number is public for Valkey; the same is assumed",
};

/** The first start of a Deployment on a new node. */
export const DEPLOYMENT_START: AssumedDuration = {
  seconds: 60,
  because: "a first image pull on a new node (some 500 MB) and a boot of Rails",
};

/** A Job of a release. */
export const JOB_RUN: AssumedDuration = {
  seconds: 45,
  because: "a first image pull on a new node and a boot of Rails; migrations come on top",
};

/** Steps that wait for Deployments, whose own duration is {@link DEPLOYMENT_START}. */
export const ROLLOUT_WAIT: AssumedDuration = {
  seconds: 10,
  because:
    "a pod of an image that is there, and a look every two seconds; old pods' ends come on top",
};

/** Restore of a database of 5 GB. */
export const RESTORE_5GB: AssumedDuration = {
  seconds: 343,
  because:
    "1.94 GB with 36 indexes in 133 s, streamed in one transaction on one machine (2026-11); 5 GB in proportion",
};
