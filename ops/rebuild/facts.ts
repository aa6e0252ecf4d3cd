import type { Presence } from "../recover/presence.ts";
import type { FoundDump } from "./dumps.ts";

/** Facts about a stack after one look at both clouds and at its state. */

/** Kinds of things whose loss has a night of its own. */
export type Kind =
  "cluster" | "pool" | "api" | "postgres" | "valkey" | "tunnel" | "record" | "host" | "bucket";

/** One thing that the last update left, and whether it still exists. */
export interface Seen {
  readonly kind: Kind;
  /** Its name at the cloud, or in the program if the cloud gives none. */
  readonly name: string;
  /** Its name in the program. */
  readonly place: string;
  readonly id: string;
  /** The value is a detail for the operator: a status, a number of connectors. */
  readonly presence: Presence<string>;
  /** It exists, but a refresh has dropped it from the state. */
  readonly isForgotten?: true;
}

/** The state of the stack. */
export type StateFact =
  | {
      readonly word: "there";
      readonly resources: number;
      /** Operations of an interrupted update. */
      readonly pending: number;
      /** Holders of its lock, in words. */
      readonly locks: readonly string[];
    }
  | { readonly word: "gone" | "cut"; readonly why: string; readonly copies: number }
  | { readonly word: "unknown"; readonly reason: string };

/** Refused: the cloud answers, and its answer speaks against the token. */
export type TokenFact = Presence<string> | { readonly word: "refused"; readonly reason: string };

/** DigitalOcean's own way back: any time of the last seven days, into a new cluster. */
export interface WayBack {
  /** Time of the newest content, ISO. */
  readonly until: string;
}

/** All facts of one look. */
export interface Facts {
  readonly stack: string;
  readonly domain: string;
  readonly state: StateFact;
  readonly things: readonly Seen[];
  /** Acceptance of DigitalOcean's token: whether it sees what the state holds there. */
  readonly token: TokenFact;
  /** Ways back for the database, freshest first; unknown if a cloud did not answer. */
  readonly ways: readonly Presence<WayBack>[];
  /** Dumps of the database, newest first; gone: the configuration has none. */
  readonly dumps: Presence<readonly FoundDump[]>;
  /** Billed resources that carry the stack's tag and stand in no state; undefined: unknown. */
  readonly leftOvers: readonly string[] | undefined;
  /** Whether the server answers a visitor. */
  readonly outside: Presence<string>;
}
