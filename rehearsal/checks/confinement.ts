import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { firstProcessIn, runInFolder, type Identity } from "../node/pod-processes.ts";
import { checkOf, type Check } from "./check.ts";

/** A mount of a container. */
export interface MountedPlace {
  readonly path: string;
  /** Whether the pod's specification lets the container write to it. */
  readonly mayWrite: boolean;
  readonly wrote: boolean;
}

/** Permissions of a running container from the kernel, with the specification of its pod. */
export interface Confined {
  readonly name: string;
  readonly asked: { readonly uid: number | undefined; readonly group: number | undefined };
  readonly process: ProcessWords;
  /** Whether the machine's own root user could write to its root file system. */
  readonly rootWritten: boolean;
  readonly places: readonly MountedPlace[];
}

/** Linux' status of a process (proc_pid_status(5)), as far as the check reads it. */
export interface ProcessWords extends Identity {
  /** Names of its capability sets that are not empty, out of five. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  /** 2: system calls are filtered. */
  readonly seccomp: number;
}

const SETS = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] as const;
const FILTERED = 2;

/** Parses `/proc/<pid>/status`. */
export function processWords(status: string): ProcessWords {
  const word = (key: string): string =>
    new RegExp(`^${key}:\\s*(.*)$`, "mu").exec(status)?.[1]?.trim() ?? "";
  const numbers = (key: string): readonly number[] =>
    word(key).split(/\s+/u).filter(Boolean).map(Number);
  return {
    // The effective id, one of four.
    ...{ uid: numbers("Uid")[1] ?? -1, gid: numbers("Gid")[1] ?? -1, groups: numbers("Groups") },
    capabilities: SETS.filter((set) => !/^0+$/u.test(word(set))),
    noNewPrivileges: word("NoNewPrivs") === "1",
    seccomp: Number(word("Seccomp")),
  };
}

/** Permissions that a container has and should not have, or should have and does not. */
export function confinementFaults(confined: Confined): readonly string[] {
  const { name, asked, process, rootWritten, places } = confined;
  const { uid, groups, capabilities, noNewPrivileges, seccomp } = process;
  return [
    ...(uid === asked.uid && uid !== 0 ? [] : [`runs as user ${uid}, asked was ${asked.uid}`]),
    ...(asked.group === undefined || groups.includes(asked.group)
      ? []
      : [`is not in the group ${asked.group} of its volumes`]),
    ...capabilities.map((set) => `has capabilities in ${set}`),
    ...(noNewPrivileges ? [] : ["may gain privileges"]),
    ...(seccomp === FILTERED ? [] : [`may make every call of the kernel (Seccomp ${seccomp})`]),
    ...(rootWritten ? ["its root can be written to"] : []),
    ...places
      .filter(({ mayWrite, wrote }) => mayWrite !== wrote)
      .map(({ path, wrote }) => (wrote ? `wrote to ${path}` : `could not write to ${path}`)),
  ].map((fault) => `${name} ${fault}`);
}

/**
 * Checks that containers run with the permissions of their pods. It reads the kernel's data from
 * outside, so it also covers images without a shell. It writes to each folder as the container's
 * user.
 */
export async function checkConfinement(pods: readonly V1Pod[]): Promise<Check> {
  const containers = pods.flatMap((pod) =>
    (pod.spec?.containers ?? []).map((each) => [pod, each] as const),
  );
  const all = await Promise.all(containers.map(async (pair) => await confinedOf(...pair)));
  const places = all.flatMap((one) => one.places);
  return checkOf(
    "each container is what its pod asks: user, groups, no privilege, filtered calls, a root that can't be written to",
    all.flatMap(confinementFaults),
    `${all.length} containers of users ${[...new Set(all.map(({ process }) => process.uid))].join(", ")}; ${places.filter(({ wrote }) => wrote).length} folders written to, ${places.filter(({ wrote }) => !wrote).length} not`,
  );
}

async function confinedOf(pod: V1Pod, container: V1Container): Promise<Confined> {
  const pid = await firstProcessIn(pod, container.name);
  const words = processWords(await readFile(join("/proc", String(pid), "status"), "utf8"));
  const { securityContext, volumes = [] } = pod.spec ?? {};
  const writable = new Set(
    volumes.filter(({ emptyDir }) => emptyDir !== undefined).map(({ name }) => name),
  );
  // A mount of a single file is no folder to write to.
  const mounts = (container.volumeMounts ?? []).filter(({ subPath }) => subPath === undefined);
  return {
    name: `${pod.metadata?.name} (${container.name})`,
    asked: {
      uid: container.securityContext?.runAsUser ?? securityContext?.runAsUser,
      group: securityContext?.fsGroup,
    },
    process: words,
    rootWritten: await writes(join("/proc", String(pid), "root", TRIED)),
    places: await Promise.all(
      mounts.map(async ({ name, mountPath, readOnly }) => ({
        path: mountPath,
        mayWrite: writable.has(name) && readOnly !== true,
        wrote: await runInFolder(pid, mountPath, words, [
          ...["sh", "-c", `echo tried > ./${TRIED} && rm ./${TRIED}`],
        ]),
      })),
    ),
  };
}

const TRIED = ".tried-by-rehearsal";

async function writes(file: string): Promise<boolean> {
  return await writeFile(file, "").then(
    () => true,
    () => false,
  );
}
