import type { Clouds } from "../recover/clouds.ts";
import type { Candidate } from "../recover/finder.ts";
import type { Answered } from "../recover/plan.ts";
import type { Properties, StateResource } from "../recover/state.ts";
import type { LiveObject, OpenCluster } from "./in-cluster.ts";
import type { Planned } from "./planned.ts";

/** The word for one planned resource that the state lacks. */
export type Look = { readonly planned: Planned } & (
  | {
      readonly word: "there";
      /** Its id in the state: an import's, unless `known`. */
      readonly id: string;
      readonly candidate: Candidate | LiveObject | undefined;
      /**
       * Its outputs beside its inputs, where it has no importer or a secret that is told once: the
       * provider reads it as one that the state knows. Undefined: it is imported.
       */
      readonly known: Properties | undefined;
    }
  /** It is made by the next update. */
  | {
      readonly word: "none";
      readonly left?: { readonly candidates: readonly Candidate[]; readonly where: string };
      /** It exists, and a fence has shut it out: taken back, the old world would serve again. */
      readonly shutOut?: readonly Candidate[];
    }
  /** A key that the adoption makes again, for without its secret nothing reads what it made. */
  | {
      readonly word: "key";
      readonly left?: { readonly candidates: readonly Candidate[]; readonly where: string };
    }
  /** Its create writes over what is there. */
  | { readonly word: "again"; readonly call: string }
  | { readonly word: "ask"; readonly candidates: readonly Candidate[] }
  | { readonly word: "unknown"; readonly reason: string }
);

/** All that a look needs. */
export interface LookAround {
  readonly resources: readonly Planned[];
  /** URNs of those that are looked for. */
  readonly wanted: ReadonlySet<string>;
  /** Resources that the state holds. */
  readonly held: readonly StateResource[];
  readonly clouds: Clouds;
  /** Opens the API of the cluster with this id at DigitalOcean. */
  readonly open: (id: string) => Promise<OpenCluster>;
  readonly answered: Answered;
  /** Day since which a server has lived in its database; undefined where nobody knows. */
  readonly since: string | undefined;
}
