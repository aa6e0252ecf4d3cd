import type { PartName } from "./parts.ts";

/** A folder that a rehearsal writes to, which may not exist yet. */
export interface Folder {
  readonly path: string;
  /** Its nearest existing parent. */
  readonly existing: string;
  /**
   * Reason why nothing can be created in it: "EROFS", "EACCES", "ENOTDIR"; undefined if something
   * can.
   */
  readonly unwritable: string | undefined;
  /** Whether its file system is mounted so that no program in it can start. */
  readonly noexec: boolean;
  /** Type of its file system: "ext4". */
  readonly type: string;
  /** Id of its file system: folders with the same id share their free bytes. */
  readonly device: number;
  /** Free bytes there. */
  readonly free: number;
  /** The first folder on its path that only its owner can enter; undefined if all users can. */
  readonly closed: string | undefined;
}

/** Folders that a rehearsal writes to. */
export type FolderName = "cache" | "temporary" | "goBuild" | "goModules";

/** Facts of a machine, which `readMachine` collects before a rehearsal. */
export interface Machine {
  /** As in Node: "linux", "x64". */
  readonly platform: string;
  readonly architecture: string;
  /** The effective user's id. */
  readonly user: number;
  /** Names of capabilities that root does not have: "CAP_SYS_ADMIN". */
  readonly lackingRights: readonly string[];
  /** The user's home folder: HOME or, if that is unset, the one in the user database. */
  readonly home: string;
  readonly folders: Readonly<Record<FolderName, Folder>>;
  /** Bytes of memory that programs may still use, swap included. */
  readonly memory: number;
  readonly cores: number;
  /** Reason why no Go works, as a sentence with its remedy; undefined if one does. */
  readonly goFault: string | undefined;
  /** Programs that are not on PATH. */
  readonly lackingPrograms: readonly string[];
  /** Debian packages with a missing file. */
  readonly lackingPackages: readonly string[];
  /** TCP ports on which something listens at every address of the machine. */
  readonly heldPorts: readonly number[];
  /** Whether the loopback interface is up. */
  readonly loopback: boolean;
  /**
   * Reason why no cgroup can be created here, as a sentence with its remedy; undefined if one can.
   */
  readonly cgroupFault: string | undefined;
  /** Parts that are not in the cache. */
  readonly missing: readonly PartName[];
  /** Parts whose modules Go has, so that it most likely has their compiled packages, too. */
  readonly compiled: readonly PartName[];
}
