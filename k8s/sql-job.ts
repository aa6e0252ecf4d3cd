import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES, type Resources } from "../domain/resources.ts";
import type { DatabaseAccess } from "./environment/databases.ts";
import { releaseJob } from "./job.ts";
import { container, metadataOf, pod, resourcesOf } from "./pod.ts";

/**
 * Arguments of every Job that runs SQL: an image with `psql`, the database's address and users, and
 * the CA of its certificate.
 */
export interface SqlJobArgs {
  readonly namespace: pulumi.Input<string>;
  /** An image with `psql`. */
  readonly image: string;
  readonly postgres: DatabaseAccess;
  readonly caVolume: kubernetes.types.input.core.v1.Volume;
  readonly caMount: kubernetes.types.input.core.v1.VolumeMount;
  readonly caFile: string;
  /** Epoch of the database's data (`postgres.origin.epoch`): a new value runs the Job again. */
  readonly epoch: number | undefined;
}

/** Work of one such Job: its script, and the variables and passwords that the script reads. */
export interface SqlJob {
  /** Script for `sh`. */
  readonly script: string;
  /**
   * Variables that the script reads, in addition to the database's address and the names of both
   * roles.
   */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly passwords: Readonly<Record<string, pulumi.Input<string>>>;
  /** Default: a few statements. */
  readonly long?: LongWork;
}

/** More of a pod whose work takes longer, or needs other programs before it. */
export interface LongWork {
  readonly deadlineSeconds: number;
  readonly resources: Resources;
  readonly initContainers: readonly kubernetes.types.input.core.v1.Container[];
  readonly volumes: readonly kubernetes.types.input.core.v1.Volume[];
  readonly volumeMounts: readonly kubernetes.types.input.core.v1.VolumeMount[];
}

/**
 * User and group of the official Postgres image on Alpine (docker-library/postgres, its
 * Dockerfile).
 */
export const POSTGRES_UID = 70;

/**
 * Timeout for the database's first answer, seconds. The network policies open a pod's connections a
 * moment after its start.
 */
const PATIENCE_SECONDS = 30;

/**
 * Beginning of each script, for `sh`. A name that does not resolve yet, or a failover, must not
 * fail a release. Seen on real nodes with policies enforced: in its first seconds a pod got no
 * answer from the cluster's DNS (2 of 2).
 */
export const FIRST_ANSWER = `began=$(date +%s)
until said=$(psql --no-psqlrc --quiet --command='SELECT 1' 2>&1); do
  [ $(($(date +%s) - began)) -lt ${PATIENCE_SECONDS} ] || { echo "$said" >&2; exit 1; }
  sleep 1
done
`;

/**
 * Settings of a session that holds the lock on the database for as long as its pod lives. After a
 * power cut nothing tells the server that the pod's node is gone. It would keep the session, and
 * the lock, until Linux' default keepalive: two hours (tcp(7)). In this time each next try would
 * fail. So it asks after 30 s of silence, and gives up after three more of 10 s
 * (https://www.postgresql.org/docs/17/runtime-config-connection.html).
 */
export const HOLDER_SETTINGS = `SET tcp_keepalives_idle = 30;
SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 3;
`;

/** Variables for libpq: the database on the direct port, without user and password. */
export function libpqVariables(
  postgres: DatabaseAccess,
  caFile: string,
): Record<string, pulumi.Input<string>> {
  return {
    PGHOST: postgres.host,
    PGPORT: pulumi.output(postgres.directPort).apply(String),
    PGDATABASE: postgres.database,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: caFile,
    PGCONNECT_TIMEOUT: "15",
  };
}

/** A step of a release that runs SQL on the direct port. Its name is also its component. */
export function sqlJob(
  name: string,
  { namespace, image, postgres, ...args }: SqlJobArgs,
  { script, environment, passwords, long }: SqlJob,
  parent: pulumi.Resource,
): kubernetes.batch.v1.Job {
  const secret = new kubernetes.core.v1.Secret(
    `${name}-roles`,
    { metadata: metadataOf(namespace, name), stringData: { ...passwords } },
    { parent },
  );
  const plain = new kubernetes.core.v1.ConfigMap(
    `${name}-environment`,
    {
      metadata: metadataOf(namespace, name),
      data: {
        ...libpqVariables(postgres, args.caFile),
        APPLICATION_USER: postgres.application.name,
        STREAMING_USER: postgres.streaming.name,
        ...environment,
      },
    },
    { parent },
  );
  return releaseJob(
    name,
    {
      namespace,
      component: name,
      epoch: args.epoch,
      deadlineSeconds: long?.deadlineSeconds ?? 300,
      pod: pod(POSTGRES_UID, {
        ...(long === undefined ? {} : { initContainers: [...long.initContainers] }),
        containers: [
          container({
            name: "psql",
            image,
            command: ["sh", "-c", `${FIRST_ANSWER}${script}`],
            envFrom: [
              { configMapRef: { name: plain.metadata.name } },
              { secretRef: { name: secret.metadata.name } },
            ],
            volumeMounts: [args.caMount, ...(long?.volumeMounts ?? [])],
            resources: resourcesOf(long?.resources ?? RESOURCES.grants),
          }),
        ],
        volumes: [args.caVolume, ...(long?.volumes ?? [])],
      }),
    },
    long === undefined
      ? { parent }
      : { parent, customTimeouts: { create: `${long.deadlineSeconds + 600}s` } },
  );
}
