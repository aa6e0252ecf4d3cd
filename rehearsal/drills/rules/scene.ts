import type { FastWorld } from "../../faults/fast-world.ts";

/** Things that the phases of the drill `rules` hand on. */
export interface RulesScene {
  fast?: FastWorld;
  /** Messages of policies, of all runs. */
  readonly messages: string[];
}

/** The open world. */
export function worldOf({ fast }: RulesScene): FastWorld {
  if (fast === undefined) throw new Error("The drill asked for its world before it was open.");
  return fast;
}
