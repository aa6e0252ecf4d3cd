import type { Clouds } from "./clouds.ts";
import type { Properties } from "./state.ts";

/** Shape of a row of the table of finders (`finders.ts`). */

/** One thing at a cloud that may be what a create made. */
export interface Candidate {
  /** Its id at the cloud. */
  readonly id: string;
  /** The id by which its provider imports it. */
  readonly importId: string;
  /** Its output `uuid`, where it has one beside its id. */
  readonly uuid?: string | undefined;
  /** Its name, where the program leaves one to Pulumi. */
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** When it was made, as the API writes it; missing where the API does not say. */
  readonly since?: string | undefined;
  /** US dollars a month; missing if it is not billed separately, or unknown. */
  readonly dollars?: number | undefined;
  /** Its state while it is at work still, in words. An adoption waits for its end. */
  readonly busy?: string;
  /** Why it may not be the one, in words. A person must say that it is. */
  readonly doubt?: string;
}

/** A key whose secret is shown only at its creation. */
export interface ToldOnce {
  /** The place where a person deletes what is left over. */
  readonly where: string;
  /** Outputs, in the form of the state, of one whose id and S3 secret the server still uses. */
  readonly outputsWith: (id: string, secret: string) => Properties;
}

/** A type that is looked up. */
export interface Lookup {
  readonly kind: "find";
  /** Inputs without which it can't be looked up, `metadata.name` for one within another. */
  readonly needs: readonly string[];
  /**
   * All resources at the cloud with these inputs; a name may be a pattern. Rejects as the cloud's
   * official client does.
   */
  readonly find: (clouds: Clouds, inputs: Properties) => Promise<readonly Candidate[]>;
  /** Its provider has no importer, and reads it by its id alone. */
  readonly noImporter?: true;
  /**
   * Its secret is shown only at its creation. After an interrupted update nothing has it, so
   * another one is created.
   */
  readonly toldOnce?: ToldOnce;
}

/** A type whose create writes over what is there: it is never looked up. */
export interface WrittenAgain {
  readonly kind: "again";
  /** The call that writes over. */
  readonly call: string;
  /**
   * The id by which its provider imports it, made of its inputs: it is there with what it belongs
   * to. Missing where it has no importer.
   */
  readonly importId?: (input: (key: string) => string) => string;
}

/** A row of the table. */
export type Finder = Lookup | WrittenAgain;
