import type { OwnProgram } from "../adopt/own-program.ts";
import type { RunPulumi } from "../secrets/pulumi.ts";
import type { Clouds } from "./clouds.ts";
import type { Holder, Lock } from "./lock.ts";

/** Parts of the outside world that the command touches. A test replaces them. */
export interface RecoverWorld {
  /** Prints one or more lines for the operator. */
  readonly say: (text: string) => void;
  /** Asks a question; answers whether it was confirmed; undefined if there is nobody to ask. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  readonly now: () => Date;
  /** The CLI in a folder. */
  readonly pulumi: (cwd: string) => RunPulumi;
  readonly cwd: string;
  /** Opens both clouds. Called only if something is pending. */
  readonly clouds: () => Promise<Clouds>;
  /** Whether the holder of a lock has ended, as far as it can be known from here. */
  readonly judge: (lock: Lock) => Promise<Holder>;
  /** Waits so long, milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** The program's own plan and its cluster's API; missing in a deploy, which can't make a plan. */
  readonly program?: OwnProgram;
}

/** Options of every part of the command. */
export interface CommonOptions {
  readonly stack: string;
  /** The project's folder. */
  readonly cwd: string;
  /** Whether the operator has said yes already. */
  readonly yes: boolean;
}
