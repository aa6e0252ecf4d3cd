import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mount } from "./volumes.ts";

/** A small program in the place of one whose image can't run here. */
export interface StandIn {
  readonly program: readonly string[];
  /** Beside the pod's own. */
  readonly mounts: readonly Mount[];
  /** Beside the pod's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** The servers that it speaks to, by its environment: host names and ports. */
  readonly reaches: (environment: Readonly<Record<string, string>>) => readonly URL[];
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
    // The image's Node has the public roots built in; here they are a file.
    program: [`${INSIDE}/node`, "--use-openssl-ca", `${INSIDE}/programs/${name}`],
    environment: { SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt" },
    reaches: ({ DB_HOST, DB_PORT, REDIS_URL }) =>
      name === "streaming.mjs" && REDIS_URL !== undefined
        ? [new URL(`postgres://${DB_HOST}:${DB_PORT}`), new URL(REDIS_URL)]
        : [],
    mounts: [
      { source: process.execPath, target: `${INSIDE}/node`, readOnly: true },
      { source: PROGRAMS, target: `${INSIDE}/programs`, readOnly: true },
      {
        source: join(PROJECT, "node_modules"),
        target: `${INSIDE}/node_modules`,
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
