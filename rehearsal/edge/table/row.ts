/** One request of the table, and its expected answer. */
export interface Row {
  /** The page shows the rows of a group together. */
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
  /** As sent, with `..` unchanged. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Signed as between servers, with `Date`, `Digest` and `Signature`. */
  readonly signed?: true;
  /** Value of `Content-Length`; no body is sent. */
  readonly claimsBytes?: number;
  /** Opens a WebSocket. */
  readonly socket?: true;
  /** Reads the beginning of an endless answer. */
  readonly endless?: true;
  /** Number of equal requests before it, whose answers are ignored. */
  readonly before?: number;
  /** Seconds that pass before the request. */
  readonly afterSeconds?: number;
  /** Address of the visitor. Default: one of its own. */
  readonly client?: string;
}

/** Sender of the answer: a workload behind the tunnel, or only the edge. */
export type Answerer = "web" | "streaming" | "assets" | "media" | "edge";

/** The expected answer. Unnamed properties are ignored. */
export interface Expect {
  readonly status: number;
  /** The workload whose pod got this very request. A cached answer is the edge's. */
  readonly from: Answerer;
  /** `cf-cache-status`; undefined: missing. */
  readonly cache: string | undefined;
  /** Seconds for which the edge keeps it; undefined: not at all. If unset, it is not checked. */
  readonly keptSeconds?: number | undefined;
  /** Exact headers; undefined: missing. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The rule or setting that answered. */
  readonly by?: string;
  /** Ref of a rule that matched, if no program behind the edge reports the request. */
  readonly fitted?: string;
  /** Text that the body contains. */
  readonly has?: string;
  /** Exact value of a header at the program behind the edge; undefined: missing there. */
  readonly seen?: Readonly<Record<string, string | undefined>>;
  /** The address that Mastodon uses as the visitor's. */
  readonly client?: string;
  /** Whether the request at the program behind the edge still matches its signature. */
  readonly signatureHolds?: true;
}

/** Result of a row. */
export interface Outcome {
  readonly row: Row;
  /** Short description, for the page. */
  readonly saw: string;
  /** Empty if all is as expected. */
  readonly complaints: readonly string[];
}
