import type * as kubernetes from "@pulumi/kubernetes";
import { RESOURCES, type Resources } from "../domain/resources.ts";
import { TEMPORARY_FOLDER } from "../domain/temporary-folder.ts";
import type { Environment } from "./environment/environment.ts";
import { container, MASTODON_UID, pod, resourcesOf } from "./pod.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;
type EnvFromSource = kubernetes.types.input.core.v1.EnvFromSource;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** One container of Mastodon's Rails image. */
export interface RailsArgs {
  readonly name: string;
  /** Mastodon's image, of the release that is deployed. */
  readonly image: string;
  readonly environment: Environment;
  /** `pooled`: web and Sidekiq. `direct`: everything that migrates. */
  readonly database: "pooled" | "direct";
  /**
   * The image's entrypoint is tini, which reaps children and forwards signals. So use `args`, never
   * `command`.
   */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** In addition to those of `database`. */
  readonly moreEnvironment?: readonly EnvFromSource[];
  /** Single values of other ConfigMaps and Secrets. */
  readonly moreVariables?: readonly EnvVar[];
  readonly resources: Resources;
  readonly container?: Omit<Container, "name" | "image" | "args" | "env" | "envFrom" | "resources">;
  /** Size of `/tmp`, which uploads, thumbnails and ffmpeg use. */
  readonly temporary: `${number}Gi` | `${number}Mi`;
  /** Whether the process writes to Mastodon's own `tmp` (Sidekiq does). */
  readonly workFolder?: boolean;
  readonly pod?: Omit<PodSpec, "containers" | "volumes" | "initContainers">;
  /** Other containers of the pod. */
  readonly neighbours?: readonly Container[];
}

const FOLDER = "/opt/mastodon";

/** A pod with one container of Mastodon's image, on a read-only root. */
export function railsPod(args: RailsArgs): PodSpec {
  const { environment } = args;
  const work = args.workFolder === true ? workFolder(args.image) : undefined;
  return pod(MASTODON_UID, {
    ...args.pod,
    initContainers: [
      makeTemporaryFolder(args.image, "tmp"),
      ...(work === undefined ? [] : [work.fill]),
    ],
    containers: [
      container({
        ...args.container,
        name: args.name,
        image: args.image,
        args: [...args.args],
        env: [
          ...Object.entries({
            // The image's own cache is used read-only; a write would fail on a read-only root.
            BOOTSNAP_READONLY: "1",
            TMPDIR: TEMPORARY_FOLDER,
            ...args.env,
          }).map(([name, value]) => ({ name, value })),
          ...(args.moreVariables ?? []),
        ],
        envFrom: [
          ...(args.database === "pooled" ? environment.rails : environment.railsDirect),
          ...(args.moreEnvironment ?? []),
        ],
        volumeMounts: [
          environment.caMount,
          { name: "tmp", mountPath: "/tmp" },
          ...(work === undefined ? [] : [work.mount]),
        ],
        resources: resourcesOf(args.resources),
      }),
      ...(args.neighbours ?? []),
    ],
    volumes: [
      environment.caVolume,
      { name: "tmp", emptyDir: { sizeLimit: args.temporary } },
      ...(work === undefined ? [] : [work.volume]),
    ],
  });
}

/**
 * Sidekiq shows that it is ready with a file in Mastodon's own `tmp`, a name without a path. A
 * volume there hides the image's boot cache, so that is copied first.
 */
function workFolder(image: string): {
  readonly fill: Container;
  readonly mount: kubernetes.types.input.core.v1.VolumeMount;
  readonly volume: kubernetes.types.input.core.v1.Volume;
} {
  return {
    fill: container({
      name: "fill-work-folder",
      image,
      // Copies the content of `tmp`, not the folder. The times of a volume's own folder belong to
      // root, so cp would fail to set them.
      args: ["sh", "-c", `cp -R --preserve=timestamps ${FOLDER}/tmp/* /work`],
      volumeMounts: [{ name: "work", mountPath: "/work" }],
      resources: resourcesOf(RESOURCES.workFolder),
    }),
    mount: { name: "work", mountPath: `${FOLDER}/tmp` },
    volume: { name: "work", emptyDir: { sizeLimit: "512Mi" } },
  };
}
