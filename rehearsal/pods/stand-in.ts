import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mount } from "./volumes.ts";

/** A small program in the place of one whose image can't run here. */
export interface StandIn {
  readonly program: readonly string[];
  /** Beside the pod's own. */
  readonly mounts: readonly Mount[];
}

const PROGRAMS = join(dirname(fileURLToPath(import.meta.url)), "stand-ins");
const PROJECT = join(PROGRAMS, "..", "..", "..");
const INSIDE = "/opt/stand-in";

/**
 * What answers HTTP in the place of Mastodon: as it does where an edge can tell (redirects, hosts, what may be kept, WebSockets), told by the pod's own
 * environment. None for a container that serves no member.
 */
export function standInOf(container: V1Container): StandIn | undefined {
  const name = { puma: "web.mjs", streaming: "streaming.mjs" }[container.name];
  if (name === undefined) return undefined;
  return {
    program: [`${INSIDE}/node`, `${INSIDE}/programs/${name}`],
    mounts: [
      { source: process.execPath, target: `${INSIDE}/node`, readOnly: true },
      { source: PROGRAMS, target: `${INSIDE}/programs`, readOnly: true },
      {
        source: join(PROJECT, "node_modules", "ws"),
        target: `${INSIDE}/node_modules/ws`,
        readOnly: true,
      },
    ],
  };
}

/** The container of a pod that has one, with it. */
export function servingContainerOf(
  pod: V1Pod,
): { readonly container: V1Container; readonly standIn: StandIn } | undefined {
  for (const container of pod.spec?.containers ?? []) {
    const standIn = standInOf(container);
    if (standIn !== undefined) return { container, standIn };
  }
  return undefined;
}
