import type { StackConfig } from "../../config/schema.ts";
import type { Answered } from "../recover/plan.ts";
import type { Facts } from "./facts.ts";
import type { Journal } from "./journal.ts";
import type { Part } from "./night.ts";
import type { Shelf } from "./shelf.ts";
import type { TimedStep } from "./times.ts";
import type { ShownPlan } from "./words.ts";
import type { StackPlace } from "../stack-file/place.ts";
import type { RebuildWorld } from "./world.ts";

/** The plan of a night, and what its steps use. */

/** Options of every part. */
export interface NightOptions extends StackPlace {
  /** The domain, if it was typed on the command line. */
  readonly yes: string | undefined;
  /** Name of a local account for the check from outside. */
  readonly account: string | undefined;
  readonly oldWorldIsDead: boolean;
  /** A copy of the state on the local disk. */
  readonly file: string | undefined;
  /** A dump by its time, or `newest`. */
  readonly dump: string | undefined;
  /** File with the age identity that opens the dumps. */
  readonly identity: string | undefined;
  /** The region to which a lost one is moved. */
  readonly to: string | undefined;
  /** Id of a database cluster that DigitalOcean made, such as a fork. */
  readonly cluster: string | undefined;
  /** Answers to what an adoption asks: a resource's name and its id. */
  readonly adopt: Answered;
}

/** One step of a night's work. Each can be done twice, because a kill may hide its end. */
export interface WorkStep {
  /** Name in the journal. */
  readonly key: string;
  /** Its lines in the plan: several for an update, which shows its own progress. */
  readonly lines: readonly TimedStep[];
  /** Whether it says itself that a line is done. Default: no. */
  readonly saysItself?: true;
  readonly run: (night: NightAtWork) => Promise<void>;
}

/** A night with all that its steps use. */
export interface NightAtWork {
  readonly options: NightOptions;
  readonly config: StackConfig;
  readonly world: RebuildWorld;
  readonly shelf: Shelf;
  /** The current journal. */
  journal: Journal;
  /** Lines that are left for a person at the end. */
  readonly left: readonly string[];
}

/** All that a plan is made of. */
export interface PlanContext {
  readonly facts: Facts;
  readonly config: StackConfig;
  readonly options: NightOptions;
  readonly world: RebuildWorld;
  /** The same night's journal, if it was interrupted: its half-done work shows in the facts. */
  readonly open: Journal | undefined;
}

/** A night's plan. */
export interface NightPlan extends Omit<ShownPlan, "steps"> {
  readonly part: Part;
  readonly steps: readonly WorkStep[];
  /** Lines at the end, for a person. */
  readonly left?: readonly string[];
  /** Lines before the plan: what was passed over, and why. */
  readonly notes?: readonly string[];
  /** Choices that an interrupted night must make again in the same way. */
  readonly choice?: Journal["choice"];
}
