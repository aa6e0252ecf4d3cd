import type { Fault } from "../../domain/fault.ts";
import type { Machine } from "./machine.ts";
import { PARTS, type Ground, type PartName } from "./parts.ts";

/** Ports of the databases and the simulated Internet, on addresses of their own. */
export const FIXED_PORTS: Readonly<Record<number, string>> = {
  443: "the simulated Internet",
  25060: "Postgres",
  25061: "PgBouncer and Valkey",
};

/** Programs by their Debian package, and whether only real nodes need them. */
interface Program {
  readonly package: string;
  readonly for: string;
  readonly ground?: Ground;
  /** Needed only while packages have to be downloaded. */
  readonly fetching?: true;
}

/**
 * Programs of the machine that are started by name, except those of the packages in `packages.ts`.
 */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  sh: { package: "dash", for: "starting the engine" },
  setpriv: { package: "util-linux", for: "ending programs with the rehearsal" },
  flock: { package: "util-linux", for: "building each program once" },
  "apt-get": { package: "apt", for: "fetching Debian's packages", fetching: true },
  "apt-config": { package: "apt", for: "fetching Debian's packages", fetching: true },
  "dpkg-deb": { package: "dpkg", for: "unpacking Debian's packages", fetching: true },
  sync: { package: "coreutils", for: "unpacking Debian's packages", fetching: true },
  unshare: { package: "util-linux", for: "a world of its own", ground: "nodes" },
  mount: { package: "mount", for: "a world of its own", ground: "nodes" },
  hostname: { package: "hostname", for: "a world of its own", ground: "nodes" },
  chroot: { package: "coreutils", for: "a world of its own", ground: "nodes" },
  sed: { package: "sed", for: "the nodes' cgroups", ground: "nodes" },
  tar: { package: "tar", for: "packing images", ground: "nodes" },
  script: { package: "bsdutils", for: "a console's terminal", ground: "nodes" },
};

/** A requirement that a machine does not meet. @param key its subject: "HOME", "go". */
export function machineFault(code: string, key: string, message: string): Fault {
  return { code, key, message, cures: [] };
}

/** Parts that Go compiles. */
const COMPILED: readonly PartName[] = [
  ...(["engine", "control plane", "node"] as const),
  ...(["coredns", "kube-router", "metrics-server"] as const),
];

/** Whether Go has to compile something for a drill. */
export function builds({ missing }: Machine, ground: Ground): boolean {
  return PARTS[ground].some((part) => missing.includes(part) && COMPILED.includes(part));
}

/** Formats bytes with one digit after the point: "2.6 GB". */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
