import { createHash } from "node:crypto";

/**
 * Builds images in the OCI image format from layers on disk
 * (https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md).
 */

/** A layer: an uncompressed tar, so its digest is also that of its content. */
export interface Layer {
  /** `sha256:` and hex. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Parts of an image's configuration that a container runtime uses; names as in Docker's. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: NodeJS.Signals;
}

/** An image, and all its names. */
export interface Image {
  readonly names: readonly string[];
  /** Lowest first. */
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

/** Files of an image layout except the layers, by path. */
export type LayoutFiles = Readonly<Record<string, string>>;

const MEDIA = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const;

/** Path of a blob in a layout. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/**
 * The layout of several images. The same content gives the same bytes, and shared content is in it
 * once.
 * @param architecture as in Go: "amd64".
 */
export function layoutOf(images: readonly Image[], architecture: string): LayoutFiles {
  const files: Record<string, string> = {};
  const platform = { architecture, os: "linux" };
  const blob = (mediaType: string, content: unknown) => {
    const text = JSON.stringify(content);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    files[blobPath(digest)] = text;
    return { mediaType, digest, size: Buffer.byteLength(text) };
  };
  const manifests = images.flatMap(({ names, layers, config }) => {
    const manifest = blob(MEDIA.manifest, {
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      config: blob(MEDIA.config, {
        ...platform,
        config,
        rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
        history: [],
      }),
      layers: layers.map(({ digest, size }) => ({ mediaType: MEDIA.layer, digest, size })),
    });
    return names.map((name) => ({
      ...manifest,
      platform,
      annotations: { "io.containerd.image.name": name },
    }));
  });
  return {
    ...files,
    "oci-layout": JSON.stringify({ imageLayoutVersion: "1.0.0" }),
    "index.json": JSON.stringify({ schemaVersion: 2, manifests }),
  };
}

/**
 * Names under which a runtime must find an image with this reference: its tag and, if there is one,
 * its digest. For `name:tag@digest` a kubelet's runtime looks only for `name@digest` (containerd 2
 * under a kubelet, seen 2026-11-28: with the tag in its name, ErrImagePull).
 */
export function namesOf(reference: string): readonly string[] {
  const { repository, tag, digest } = partsOfReference(reference);
  return [
    ...(digest === undefined ? [] : [`${repository}@${digest}`]),
    ...(tag === undefined && digest !== undefined ? [] : [`${repository}:${tag ?? "latest"}`]),
  ];
}

/** Repository with its registry, tag and digest of a pod's image reference. */
export function partsOfReference(reference: string): {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
} {
  const {
    name = "",
    tag,
    digest,
  } = /^(?<name>.+?)(?::(?<tag>[\w][\w.-]*))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/u.exec(reference)
    ?.groups ?? {};
  // Completes a short name as Docker's command does (distribution/reference `normalize.go`).
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/u.test(first);
  const path = rest.length === 0 ? `library/${name}` : name;
  return { repository: hasRegistry ? name : `docker.io/${path}`, tag, digest };
}
