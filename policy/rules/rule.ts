import type { Enforcement, ResourceView } from "../views.ts";

/**
 * Forms of a rule over a plan. The engine runs the same functions as a policy pack, and the fast
 * tests run them over plans in memory.
 */

interface Named {
  readonly name: string;
  readonly level: Enforcement;
  /** The thing that the rule holds, and why, for the page of rules. */
  readonly says: string;
}

/** A rule over one resource. In an update it stops the engine at that resource. */
export interface ResourceRule extends Named {
  /** Returns each fault as a sentence. It names keys and containers, never a value. */
  readonly check: (resource: ResourceView) => readonly string[];
}

/** A fault of one resource among all. */
export interface StackFault {
  /** The resource; unset for the stack as a whole. */
  readonly urn?: string;
  readonly message: string;
}

/** A rule over all resources. In an update the engine asks it at the end. */
export interface StackRule extends Named {
  readonly check: (resources: readonly ResourceView[]) => readonly StackFault[];
}
