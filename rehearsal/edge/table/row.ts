/** One request of the table, and what must come of it. */
export interface Row {
  /** Rows of a group stand together on the page. */
  readonly group: string;
  /** What is claimed, as a sentence. */
  readonly what: string;
  readonly ask: Ask;
  readonly expect: Expect;
}

/** What is asked. */
export interface Ask {
  /** Default: https. */
  readonly scheme?: "http" | "https";
  /** Default: GET. */
  readonly method?: string;
  readonly host: string;
  /** As it is sent, `..` and all. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Signed as servers sign to each other, with `Date`, `Digest` and `Signature`. */
  readonly signed?: true;
  /** Says so in `Content-Length`, and sends nothing. */
  readonly claimsBytes?: number;
  /** Opens a WebSocket. */
  readonly socket?: true;
  /** Reads the first words of an answer that never ends. */
  readonly endless?: true;
  /** How often before, in the same way, without a look at the answers. */
  readonly before?: number;
  /** Seconds that pass first. */
  readonly afterSeconds?: number;
  /** Whose address; default: one that nobody else has. */
  readonly client?: string;
}

/** Who answers: a workload behind the tunnel, or nobody but the edge. */
export type Answerer = "web" | "streaming" | "assets" | "media" | "edge";

/** What must come. What isn't named isn't looked at. */
export interface Expect {
  readonly status: number;
  /** Whether a pod was asked for this very answer, and of which workload; a kept answer is the edge's. */
  readonly from: Answerer;
  /** `cf-cache-status`; undefined: not there. */
  readonly cache: string | undefined;
  /** For how long the edge keeps it, seconds; undefined: not at all. Not looked at where it is left out. */
  readonly keptSeconds?: number | undefined;
  /** Headers exactly; undefined: not there. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The rule or setting that answered. */
  readonly by?: string;
  /** A rule that fitted, by its ref: where no program behind the edge tells what it saw. */
  readonly fitted?: string;
  /** What the body has in it. */
  readonly has?: string;
  /** What the program behind saw of a header, exactly; undefined: nothing. */
  readonly seen?: Readonly<Record<string, string | undefined>>;
  /** The address that Mastodon takes for the visitor's. */
  readonly client?: string;
  /** What the program behind saw still fits its signature. */
  readonly signatureHolds?: true;
}

/** What came of a row. */
export interface Outcome {
  readonly row: Row;
  /** In a few words, for the page. */
  readonly saw: string;
  /** None where all is as expected. */
  readonly complaints: readonly string[];
}
