import type { V1Pod } from "@kubernetes/client-node";
import { Redis } from "ioredis";
import { NAMESPACE } from "../../config/topology.ts";
import type { DatabaseServer } from "../clouds/world.ts";
import { liveValues } from "../pods/live-values.ts";
import { containerOf, environmentOf } from "../pods/pod-environment.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveApi } from "./live.ts";

/** Connections to the real databases, with the credentials that a pod has. */

/** Environment variables of a live pod's container. */
export async function environmentIn(
  rehearsal: Rehearsal,
  pod: V1Pod,
  container: string,
): Promise<Readonly<Record<string, string>>> {
  const read = liveValues(liveApi(rehearsal), NAMESPACE);
  return await environmentOf(containerOf(pod, container), read);
}

/** The database that answers at a private host name. @throws if there is none. */
export function serverAt({ world }: Rehearsal, host: string): DatabaseServer {
  const found = [...world.databaseServers.values()].find(({ privateHost }) => privateHost === host);
  if (found === undefined) throw new Error(`No database of the rehearsal is at ${host}.`);
  return found;
}

/** A connection to Valkey with a container's environment. The caller must disconnect it. */
export async function openValkey(
  rehearsal: Rehearsal,
  environment: Readonly<Record<string, string>>,
): Promise<Redis> {
  const { hostname, port, password } = new URL(environment["REDIS_URL"] ?? "");
  const ca = await rehearsal.databases.publicRoots();
  return new Redis({
    ...{ host: serverAt(rehearsal, hostname).server.address, port: Number(port) },
    password: decodeURIComponent(password),
    tls: { ca, servername: hostname },
  });
}
