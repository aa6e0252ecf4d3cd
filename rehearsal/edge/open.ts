import type { KubeConfig } from "@kubernetes/client-node";
import { join } from "node:path";
import { NAMESPACE, SERVICES, serviceUrl } from "../../config/topology.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { EdgeClock } from "./clock.ts";
import { Edge } from "./edge.ts";
import { LiveOrigins } from "./live-origins.ts";
import { EdgeServer } from "./server.ts";
import type { Answerer } from "./table/row.ts";
import type { TableGround } from "./table/run.ts";
import { makeSigner } from "./table/signature.ts";
import { zoneOf, type Zone } from "./zone-view.ts";

/** A simulated edge on loopback, in front of the live pods of a rehearsal. */
export interface OpenEdge extends TableGround {
  readonly origins: LiveOrigins;
  /**
   * Reads the world and the cluster again, after an update or a change of pods. Returns the number
   * of running programs.
   */
  refresh(): Promise<number>;
  /**
   * Runs the work with another edge in front of the same pods, with an empty cache and for another
   * zone.
   */
  beside<T>(zone: Zone, work: (ground: TableGround) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens the edge. `config` is the kubeconfig of the cluster whose pods answer. */
export async function openEdge(
  rehearsal: Rehearsal,
  zoneId: string,
  config: () => KubeConfig,
): Promise<OpenEdge> {
  const clock = new EdgeClock();
  const origins = new LiveOrigins({
    config: config(),
    namespace: NAMESPACE,
    serverOf: (uid) => rehearsal.runners.serverOf(uid),
    ground: {
      hosts: rehearsal.world.hosts(),
      root: rehearsal.imageRoot,
      trustStore: await rehearsal.databases.publicRoots(),
    },
    directory: join(rehearsal.directory, "edge"),
    r2: rehearsal.world.r2,
  });
  const edge = new Edge({ zone: zoneOf(rehearsal.world, zoneId), origins, clock });
  const server = await EdgeServer.start(edge);
  return {
    edge,
    clock,
    origins,
    signer: makeSigner(),
    port: server.port,
    workloadOf,
    async refresh() {
      edge.zone = zoneOf(rehearsal.world, zoneId);
      return await origins.refresh();
    },
    async beside(zone, work) {
      const clock = new EdgeClock();
      const edge = new Edge({ zone, origins, clock });
      const server = await EdgeServer.start(edge);
      try {
        return await work({ edge, clock, signer: makeSigner(), port: server.port, workloadOf });
      } finally {
        await server.stop();
      }
    },
    async close() {
      await server.stop();
      await origins.stop();
    },
  };
}

function workloadOf(service: string): Answerer {
  for (const name of ["web", "streaming", "assets"] as const)
    if (serviceUrl(SERVICES[name]) === service) return name;
  return "edge";
}
