import type { V1EnvVar, V1Job } from "@kubernetes/client-node";
import { commandContainer, jobOf, podOf, type OneOff } from "../pods/one-off.ts";

/** libpq's variables that are copied from that Job. No others are. */
const PLAIN = [
  "PGHOST",
  "PGPORT",
  "PGDATABASE",
  "PGSSLMODE",
  "PGSSLROOTCERT",
  "PGCONNECT_TIMEOUT",
  // The application's role, because it must own everything that a restore creates.
  "PGUSER",
] as const;
const SECRET = ["PGPASSWORD"] as const;

/**
 * A Job whose pod waits, so that Postgres' clients can run in it. Image and certificate come from
 * the newest Job of streaming's grants. It connects to the database's direct port with the
 * application's role. It has a one-off's label, which the network policies allow to reach the
 * databases.
 *
 * With the newest Job of the schema's grants it is the administrator's role instead: only for
 * `npm run db -- beside`, which creates a database.
 * @throws Error if the Job has another shape.
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
    // Labels of the Job, because its template has labels that the controller added.
    grants.metadata?.labels,
    {
      ...pod,
      volumes: [...(pod.volumes ?? []), { name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
    },
    { name, deadlineSeconds },
  );
}
