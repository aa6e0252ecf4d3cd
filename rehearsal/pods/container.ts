import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { recipeOf, STAND_INS } from "../images/catalogue.ts";
import { MODULES_FOLDER, STAND_IN_PROGRAMS } from "../images/parts.ts";
import { imageMounts } from "./mastodon-image.ts";
import { environmentOf, type ValueReader } from "./pod-environment.ts";
import { runInSandbox, type SandboxOptions } from "./sandbox.ts";
import { mountsOf, type Mount } from "./volumes.ts";

/** Timeout of an init container of a server, milliseconds. */
const INIT_TIMEOUT_MS = 30_000;

/** Parts of the world that a container needs. */
export interface ContainerGround {
  readonly read: ValueReader;
  readonly hosts: ReadonlyMap<string, string>;
  /** The Debian 13 root file system from which images are built. */
  readonly root: string;
  /** The images' trust store, PEM. */
  readonly trustStore: string;
  /** Folder for the pod's volumes. */
  readonly folder: string;
  /** Folder for the content of images. */
  readonly images: string;
  /** A process that sees the pod's volumes in memory. Undefined if it has none. */
  readonly mountsOfProcess?: number;
}

/** Builds a container as a runtime does, from the pod and its image. */
export async function sandboxOf(
  pod: V1Pod,
  container: V1Container,
  ground: ContainerGround,
): Promise<SandboxOptions> {
  const { read, hosts, root, trustStore, folder, images, mountsOfProcess } = ground;
  const image = container.image ?? "";
  const { parts, config } = recipeOf(image);
  const security = { ...pod.spec?.securityContext, ...container.securityContext };
  // The sandbox has a first process of its own, which reaps and forwards signals, so tini is not
  // needed.
  const entrypoint = config.Entrypoint?.filter((word) => !["/usr/bin/tini", "--"].includes(word));
  return {
    root,
    program: [
      ...(container.command ?? entrypoint ?? []),
      ...(container.args ?? (container.command === undefined ? (config.Cmd ?? []) : [])),
    ],
    environment: {
      // As containerd sets it.
      HOSTNAME: pod.metadata?.name ?? "",
      ...Object.fromEntries((config.Env ?? []).map((line) => line.split(/=(.*)/su, 2))),
      ...(await environmentOf(container, read)),
    },
    mounts: [
      ...(parts?.includes("node") === true ? NODE_MOUNTS : []),
      ...(await imageMounts(image, images)),
      ...(await mountsOf(pod, container, read, folder)),
    ],
    uid: security.runAsUser ?? 0,
    gid: security.runAsGroup ?? 0,
    ...(mountsOfProcess === undefined ? {} : { mountsOfProcess }),
    writableRoot: security.readOnlyRootFilesystem !== true,
    ...(config.WorkingDir === undefined ? {} : { workingDirectory: config.WorkingDir }),
    ...(config.StopSignal === undefined ? {} : { stopSignal: config.StopSignal }),
    hostname: pod.metadata?.name ?? "",
    hosts,
    trustStore,
  };
}

/**
 * Runs a pod's init containers, one after the other.
 * @throws Error with the name and last output of one that fails.
 */
export async function runInitContainers(
  pod: V1Pod,
  ground: ContainerGround,
  { timeoutMs = INIT_TIMEOUT_MS, signal, run = runInSandbox }: InitOptions = {},
): Promise<void> {
  for (const first of pod.spec?.initContainers ?? []) {
    const { exitCode, stderr } = await run({
      ...(await sandboxOf(pod, first, ground)),
      ...{ timeoutMs, ...(signal && { signal }) },
    });
    if (exitCode !== 0) throw new Error(`${first.name} ended with ${exitCode}: ${stderr.trim()}`);
  }
}

/** Means of a run of init containers. */
interface InitOptions {
  /** Timeout of each, milliseconds. Default: that of a server's. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly run?: typeof runInSandbox;
}

/** Content of an image's part "node". */
export const NODE_MOUNTS: readonly Mount[] = [
  { source: process.execPath, target: `${STAND_INS}/bin/node`, readOnly: true },
  { source: STAND_IN_PROGRAMS, target: `${STAND_INS}/programs`, readOnly: true },
  { source: MODULES_FOLDER, target: `${STAND_INS}/node_modules`, readOnly: true },
];

/** Servers that a program contacts, by its environment, for a sandbox with a network of its own. */
export function reachesOf(
  { name }: V1Container,
  { DB_HOST, DB_PORT, REDIS_URL }: Readonly<Record<string, string>>,
): readonly URL[] {
  if (!["streaming", "sidekiq"].includes(name) || REDIS_URL === undefined) return [];
  return [new URL(`postgres://${DB_HOST}:${DB_PORT}`), new URL(REDIS_URL)];
}

/** The container of a pod that serves members; undefined if there is none. */
export function servingContainerOf(pod: V1Pod): V1Container | undefined {
  return pod.spec?.containers.find(({ name }) => ["puma", "streaming"].includes(name));
}
