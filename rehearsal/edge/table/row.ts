/** One request of the table, and what must come of it. */
export interface Row {
  /** Rows of a group stand together on the page. */
  readonly group: string;
  /** The claim, as a sentence. */
  readonly what: string;
  readonly ask: Ask;
  readonly expect: Expect;
}

/** The request. */
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
  /** Number of equal requests before it, whose answers are ignored. */
  readonly before?: number;
  /** Seconds that pass first. */
  readonly afterSeconds?: number;
  /** Address of the visitor. Default: one that no other row has. */
  readonly client?: string;
}

/** Sender of the answer: a workload behind the tunnel, or the edge alone. */
export type Answerer = "web" | "streaming" | "assets" | "media" | "edge";

/** The expected answer. Properties that are not named are ignored. */
export interface Expect {
  readonly status: number;
  /**
   * Whether a pod was asked for this very answer, and of which workload; a kept answer is the
   * edge's.
   */
  readonly from: Answerer;
  /** `cf-cache-status`; undefined: not there. */
  readonly cache: string | undefined;
  /**
   * For how long the edge keeps it, seconds; undefined: not at all. Not looked at where it is left
   * out.
   */
  readonly keptSeconds?: number | undefined;
  /** Headers exactly; undefined: not there. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The rule or setting that answered. */
  readonly by?: string;
  /** A rule that fitted, by its ref: where no program behind the edge tells what it saw. */
  readonly fitted?: string;
  /** Text that the body contains. */
  readonly has?: string;
  /** Exact value of a header at the program behind the edge; undefined: it is missing there. */
  readonly seen?: Readonly<Record<string, string | undefined>>;
  /** The address that Mastodon takes for the visitor's. */
  readonly client?: string;
  /** Whether the request at the program behind the edge still matches its signature. */
  readonly signatureHolds?: true;
}

/** Result of a row. */
export interface Outcome {
  readonly row: Row;
  /** In a few words, for the page. */
  readonly saw: string;
  /** None where all is as expected. */
  readonly complaints: readonly string[];
}
