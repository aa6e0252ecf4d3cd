import type { Clouds } from "../recover/clouds.ts";
import type { Candidate } from "../recover/finder.ts";
import type { Answered } from "../recover/plan.ts";
import type { Properties, StateResource } from "../recover/state.ts";
import type { LiveObject, OpenCluster } from "./in-cluster.ts";
import type { Planned } from "./planned.ts";

/** Result for one planned resource that the state lacks. */
export type Look = { readonly planned: Planned } & (
  | {
      readonly word: "there";
      /** Its id in the state: an import id, unless `known`. */
      readonly id: string;
      readonly candidate: Candidate | LiveObject | undefined;
      /**
       * Its outputs in addition to its inputs, for a type without an importer or with a secret that
       * is shown only at creation. The provider then reads it as a known resource. Undefined: it is
       * imported.
       */
      readonly known: Properties | undefined;
    }
  /** The next update creates it. */
  | {
      readonly word: "none";
      readonly left?: { readonly candidates: readonly Candidate[]; readonly where: string };
      /**
       * It exists, but a fence has shut it out: adopted again, the old cluster would serve again.
       */
      readonly shutOut?: readonly Candidate[];
    }
  /**
   * A key that the adoption replaces: without its secret the resources it created can't be read.
   */
  | {
      readonly word: "key";
      readonly left?: { readonly candidates: readonly Candidate[]; readonly where: string };
    }
  /** Its create overwrites what exists. */
  | { readonly word: "again"; readonly call: string }
  | { readonly word: "ask"; readonly candidates: readonly Candidate[] }
  | { readonly word: "unknown"; readonly reason: string }
);

/** Inputs of the lookup. */
export interface LookAround {
  readonly resources: readonly Planned[];
  /** URNs of the resources to look for. */
  readonly wanted: ReadonlySet<string>;
  /** Resources in the state. */
  readonly held: readonly StateResource[];
  readonly clouds: Clouds;
  /** Opens the API of the cluster with this id at DigitalOcean. */
  readonly open: (id: string) => Promise<OpenCluster>;
  readonly answered: Answered;
  /** Day since which a server has run in its database; undefined if unknown. */
  readonly since: string | undefined;
}
