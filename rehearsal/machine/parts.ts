/**
 * Parts of a rehearsal that are downloaded or built once and kept in the cache, with the sizes of
 * each. Measured on 2026-11-28 on an empty machine with 2 cores and Go 1.26.8, each after those
 * above it.
 */

/** Names of the parts, in the order in which a drill builds them. */
export type PartName =
  | "Debian 13"
  | "engine"
  | "control plane"
  | "node"
  | "coredns"
  | "kube-router"
  | "metrics-server"
  | "Debian 13 of nodes"
  | "images";

/** Bytes that a part needs, by place. */
export interface PartSize {
  /** In the cache folder, permanently. */
  readonly cache: number;
  /** In the cache folder while the part is being built, in addition. */
  readonly scratch: number;
  /** In Go's module cache. */
  readonly modules: number;
  /** In Go's build cache. */
  readonly build: number;
}

const MB = 1_000_000;

/** Each part's size, in addition to those above it in Go's caches. */
export const SIZES: Readonly<Record<PartName, PartSize>> = {
  "Debian 13": { cache: 287 * MB, scratch: 170 * MB, modules: 0, build: 0 },
  engine: { cache: 115 * MB, scratch: 0, modules: 1_430 * MB, build: 1_670 * MB },
  "control plane": { cache: 157 * MB, scratch: 0, modules: 970 * MB, build: 3_300 * MB },
  node: { cache: 86 * MB, scratch: 0, modules: 5 * MB, build: 730 * MB },
  coredns: { cache: 52 * MB, scratch: 0, modules: 15 * MB, build: 43 * MB },
  "kube-router": { cache: 29 * MB, scratch: 0, modules: 5 * MB, build: 11 * MB },
  "metrics-server": { cache: 70 * MB, scratch: 0, modules: 330 * MB, build: 1_360 * MB },
  "Debian 13 of nodes": { cache: 287 * MB, scratch: 0, modules: 0, build: 0 },
  images: { cache: 1_530 * MB, scratch: 0, modules: 0, build: 0 },
};

/** Kind of world of a drill, which determines the requirements of the machine. */
export type Ground =
  /** Commands only: no world. */
  | "commands"
  /** Addresses of the loopback interface, and nodes that kwok simulates. */
  | "loopback"
  /** Namespaces and cgroups of its own, with real nodes. */
  | "nodes";

const WORLD: readonly PartName[] = ["Debian 13", "engine", "control plane"];

/** Parts that a drill needs, by its kind of world. */
export const PARTS: Readonly<Record<Ground, readonly PartName[]>> = {
  commands: ["engine"],
  loopback: WORLD,
  nodes: [
    ...WORLD,
    ...(["node", "coredns", "kube-router", "metrics-server"] as const),
    ...(["Debian 13 of nodes", "images"] as const),
  ],
};

/** Maximum bytes of memory and of the temporary folder that a drill used, by its kind of world. */
export const RUN: Readonly<Record<Ground, { readonly memory: number; readonly disk: number }>> = {
  commands: { memory: 700 * MB, disk: 10 * MB },
  loopback: { memory: 1_830 * MB, disk: 290 * MB },
  nodes: { memory: 3_710 * MB, disk: 340 * MB },
};

/** Maximum bytes of memory that a build used: a linker and the compilers at the same time. */
export const BUILD_MEMORY = 2_600 * MB;

/** Description of how a part is made, by Go or a download, and its seconds. */
export const MADE: Readonly<
  Record<
    PartName,
    { readonly build?: string; readonly what?: string; readonly seconds?: number | undefined }
  >
> = {
  "Debian 13": { what: "182 packages of Debian, 75 MB", seconds: 10 },
  engine: { build: "pulumi" },
  "control plane": { build: "control-plane" },
  node: { build: "node" },
  coredns: { build: "coredns" },
  "kube-router": { build: "kube-router" },
  "metrics-server": { build: "metrics-server" },
  "Debian 13 of nodes": { what: "packages of Debian" },
  images: { what: "images, packed and unpacked" },
};
