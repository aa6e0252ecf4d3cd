import type { V1EnvVar, V1Job } from "@kubernetes/client-node";
import { commandContainer, jobOf, podOf, type OneOff } from "../pods/one-off.ts";

/** libpq's variables of that Job; what is not named stays behind. */
const PLAIN = [
  "PGHOST",
  "PGPORT",
  "PGDATABASE",
  "PGSSLMODE",
  "PGSSLROOTCERT",
  "PGCONNECT_TIMEOUT",
  // The application's: what a restore makes must be its own.
  "PGUSER",
] as const;
const SECRET = ["PGPASSWORD"] as const;

/**
 * A Job whose pod waits for Postgres' clients to be run in it: with the image and the certificate
 * of the newest Job of streaming's grants, on the database's own port, as the application's role.
 * It is a one-off, which the network policies let through to the databases. Neither that Job nor
 * this one holds the administrator's password.
 * @throws Error where the Job is of another shape.
 */
export function databaseJob(
  grants: V1Job,
  { name, deadlineSeconds, priority }: Omit<OneOff, "args">,
): V1Job {
  const spec = grants.spec?.template.spec;
  const source = spec?.containers[0];
  const configMap = source?.envFrom?.find((each) => each.configMapRef !== undefined)?.configMapRef;
  const secret = source?.envFrom?.find((each) => each.secretRef !== undefined)?.secretRef;
  if (spec === undefined || source?.image === undefined || !configMap?.name || !secret?.name)
    throw new Error(
      "The grants Job that was deployed has another shape than this command knows. Run it from the commit of the last deploy.",
    );
  const env: V1EnvVar[] = [
    ...PLAIN.map((key) => ({
      name: key,
      valueFrom: { configMapKeyRef: { name: configMap.name!, key } },
    })),
    ...SECRET.map((key) => ({
      name: key,
      valueFrom: { secretKeyRef: { name: secret.name!, key } },
    })),
  ];
  const container = commandContainer(source);
  const command = {
    ...container,
    command: ["sleep", String(deadlineSeconds)],
    env,
    volumeMounts: [...(container.volumeMounts ?? []), { name: "tmp", mountPath: "/tmp" }],
  };
  const pod = podOf(spec, command, priority);
  return jobOf(
    // The Job's own: those of its template hold the names that its controller put in.
    grants.metadata?.labels,
    {
      ...pod,
      volumes: [...(pod.volumes ?? []), { name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
    },
    { name, deadlineSeconds },
  );
}
