import type { PartName } from "./parts.ts";

/** A folder that a rehearsal writes to, which may not be there yet. */
export interface Folder {
  readonly path: string;
  /** The nearest folder on the way to it that is there. */
  readonly existing: string;
  /** Why nothing can be made in it: "EROFS", "EACCES", "ENOTDIR"; undefined if something can. */
  readonly unwritable: string | undefined;
  /** Whether its file system is mounted so that no program in it can be started. */
  readonly noexec: boolean;
  /** Type of its file system: "ext4". */
  readonly type: string;
  /** Number of its file system: two folders with one number share their free bytes. */
  readonly device: number;
  /** Free bytes there. */
  readonly free: number;
  /**
   * The first folder on the way to it that lets only its owner pass; undefined if all let others.
   */
  readonly closed: string | undefined;
}

/** Folders that a rehearsal writes to. */
export type FolderName = "cache" | "temporary" | "goBuild" | "goModules";

/** Facts of a machine, as `readMachine` gathers them before a rehearsal. */
export interface Machine {
  /** As Node names them: "linux", "x64". */
  readonly platform: string;
  readonly architecture: string;
  /** The effective user's id. */
  readonly user: number;
  /** Names of the rights that root is short of: "CAP_SYS_ADMIN". */
  readonly lackingRights: readonly string[];
  /** The folder of the user: HOME, or what the machine's list of users says where it is not set. */
  readonly home: string;
  readonly folders: Readonly<Record<FolderName, Folder>>;
  /** Bytes of memory that programs may still take, swap included. */
  readonly memory: number;
  readonly cores: number;
  /** Why there is no Go that will do, as a sentence with its cure; undefined if there is one. */
  readonly goFault: string | undefined;
  /** Programs that are not on PATH. */
  readonly lackingPrograms: readonly string[];
  /** Debian packages of which a file is not there. */
  readonly lackingPackages: readonly string[];
  /** TCP ports that something listens on at every address of the machine. */
  readonly heldPorts: readonly number[];
  /** Whether the loopback interface is up. */
  readonly loopback: boolean;
  /** Why no cgroup can be made here, as a sentence with its cure; undefined if one can. */
  readonly cgroupFault: string | undefined;
  /** Parts that are not in the cache. */
  readonly missing: readonly PartName[];
  /** Parts whose modules Go has, so that it most likely has what was compiled of them, too. */
  readonly compiled: readonly PartName[];
}
