import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { recipeOf, STAND_INS } from "../images/catalogue.ts";
import { MODULES_FOLDER, STAND_IN_PROGRAMS } from "../images/parts.ts";
import { imageMounts } from "./mastodon-image.ts";
import { environmentOf, type ValueReader } from "./pod-environment.ts";
import { runInSandbox, type SandboxOptions } from "./sandbox.ts";
import { mountsOf, type Mount } from "./volumes.ts";

/** No init container of ours takes this long here. */
const INIT_TIMEOUT_MS = 30_000;

/** Parts of the world that a container needs. */
export interface ContainerGround {
  readonly read: ValueReader;
  readonly hosts: ReadonlyMap<string, string>;
  /** The Debian 13 that images are made of. */
  readonly root: string;
  /** The images' trust store, PEM. */
  readonly trustStore: string;
  /** A folder of this pod's for its volumes. */
  readonly folder: string;
  /** A folder for what stands in the place of images. */
  readonly images: string;
}

/** A container as a runtime makes it, of the pod and of its image. */
export async function sandboxOf(
  pod: V1Pod,
  container: V1Container,
  ground: ContainerGround,
): Promise<SandboxOptions> {
  const { read, hosts, root, trustStore, folder, images } = ground;
  const image = container.image ?? "";
  const { parts, config } = recipeOf(image);
  const security = { ...pod.spec?.securityContext, ...container.securityContext };
  // The sandbox has a first process of its own, which reaps and passes signals on: tini's place.
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
 * @throws Error with the name and last words of one that fails.
 */
export async function runInitContainers(pod: V1Pod, ground: ContainerGround): Promise<void> {
  for (const first of pod.spec?.initContainers ?? []) {
    const { exitCode, stderr } = await runInSandbox({
      ...(await sandboxOf(pod, first, ground)),
      timeoutMs: INIT_TIMEOUT_MS,
    });
    if (exitCode !== 0) throw new Error(`${first.name} ended with ${exitCode}: ${stderr.trim()}`);
  }
}

/** Contents of an image's part "node". */
const NODE_MOUNTS: readonly Mount[] = [
  { source: process.execPath, target: `${STAND_INS}/bin/node`, readOnly: true },
  { source: STAND_IN_PROGRAMS, target: `${STAND_INS}/programs`, readOnly: true },
  { source: MODULES_FOLDER, target: `${STAND_INS}/node_modules`, readOnly: true },
];

/**
 * The servers that a program speaks to in a network of its own, by its environment: what it asks
 * without being asked.
 */
export function reachesOf(
  { name }: V1Container,
  { DB_HOST, DB_PORT, REDIS_URL }: Readonly<Record<string, string>>,
): readonly URL[] {
  if (!["streaming", "sidekiq"].includes(name) || REDIS_URL === undefined) return [];
  return [new URL(`postgres://${DB_HOST}:${DB_PORT}`), new URL(REDIS_URL)];
}

/** The container of a pod that answers members; undefined where none does. */
export function servingContainerOf(pod: V1Pod): V1Container | undefined {
  return pod.spec?.containers.find(({ name }) => ["puma", "streaming"].includes(name));
}
