import type { StackPlace } from "../stack-file/place.ts";
import type { DatabasePod } from "../db/cluster-pod.ts";
import type { RecoverWorld } from "../recover/world.ts";
import type { StateWorld } from "../state/command.ts";
import type { OwnProgram } from "../adopt/own-program.ts";

/** Outside interfaces of `npm run rebuild`. A test and the rehearsal replace them. */
export interface RebuildWorld extends Omit<RecoverWorld, "program">, StateWorld {
  readonly program: OwnProgram;
  /** Asks for a text. Answers undefined if there is nobody to ask. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** The engine on a stack, with `--refresh`. */
  readonly engine: Engine;
  /** The Internet, as a visitor sees it. */
  readonly outside: Outside;
  /** A pod with Postgres' clients. Only `drill` needs the cluster's API. */
  readonly pod: DatabasePod;
  /** Shows the step that runs; empty at its end. Without it, finished steps alone are printed. */
  readonly live?: (line: string) => void;
}

/** One event of the engine, with the fields that are read. The Automation API's have this shape. */
export interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly summaryEvent?: { readonly resourceChanges: Readonly<Partial<Record<string, number>>> };
}

/** A step's operation and its resource. */
interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}

/** Result of a preview or an update. */
export interface EngineRun {
  /** The engine's words if it failed. */
  readonly failure: string | undefined;
  /** Names in the program of the resources that failed. */
  readonly failed: readonly string[];
  /** Number of resources by kind of step: create, update, same. */
  readonly changes: Readonly<Partial<Record<string, number>>>;
  /** Names in the program of the resources that a step replaces or deletes. */
  readonly harmed: readonly string[];
}

/** Whether a step's operation takes something away that was there. */
export function isHarm(op: string): boolean {
  return /replace|delete/u.test(op);
}

/** Pulumi's engine with this program. */
export interface Engine {
  /** Previews after a refresh. */
  readonly preview: (place: StackPlace) => Promise<EngineRun>;
  /** Updates after a refresh, without a preview of its own. */
  readonly up: (place: StackPlace, told: (event: EngineEvent) => void) => Promise<EngineRun>;
}

/** Answer to a request of a visitor. */
export interface OutsideAnswer {
  readonly status: number;
  readonly text: string;
}

/** Requests of a visitor. Each rejects if there is no answer. */
export interface Outside {
  /** Addresses of a host name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly get: (url: string, headers?: Readonly<Record<string, string>>) => Promise<OutsideAnswer>;
  /** Status of the answer to a WebSocket's handshake, without a token. */
  readonly handshake: (url: string) => Promise<number>;
}
