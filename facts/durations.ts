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

/** An API call takes tenths of a second. Nobody publishes it, and it decides no timeline. */
export const ONE_CALL: RealDuration = {
  seconds: 1,
  source: "assumed: one API call, nothing waited for",
};

/** Durations of the operations of one type of resource. */
export interface CloudDuration {
  readonly create: RealDuration;
  readonly update: RealDuration;
  readonly delete: RealDuration;
}

const RETURNS: RealDuration = {
  seconds: 1,
  source: "digitalocean/terraform-provider-digitalocean#446: the call returns",
};

/** Durations of the types that are waited for. Every other one takes {@link ONE_CALL}. */
export const CLOUD_DURATIONS = {
  "digitalocean:index/databaseCluster:DatabaseCluster": {
    create: DATABASE_CREATE,
    update: {
      seconds: 206,
      source:
        "digitalocean/terraform-provider-digitalocean#198: 475 s with a resize, 269 s without",
    },
    delete: RETURNS,
  },
  "digitalocean:index/databaseReplica:DatabaseReplica": {
    create: {
      seconds: 250,
      source:
        "assumed, as a database: nobody publishes it; the provider polls every 15 s, 120 times",
    },
    update: { seconds: 206, source: "assumed, as the resize of a database" },
    delete: { seconds: 1, source: "assumed: one API call, as of a database" },
  },
  "digitalocean:index/kubernetesCluster:KubernetesCluster": {
    create: CLUSTER_CREATE,
    update: {
      seconds: 10,
      source:
        "the provider's first poll of a pool; upgrades are not waited for (terraform-provider-digitalocean)",
    },
    delete: RETURNS,
  },
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": {
    create: POOL_CREATE,
    update: { seconds: 180, source: "assumed, as a create: new nodes are waited for" },
    delete: { seconds: 10, source: "the provider's first poll for a 404" },
  },
  "digitalocean:index/vpc:Vpc": {
    create: { seconds: 2, source: "assumed: one API call" },
    update: { seconds: 2, source: "assumed: one API call" },
    delete: { seconds: 2, source: "assumed: one API call, once its members are gone" },
  },
} as const satisfies Readonly<Record<string, CloudDuration>>;

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
