/**
 * All that belongs to one minor release of Mastodon and that this program goes by. One file per
 * minor holds it, with the upstream path of each row; `minors.ts` lists the files. Nothing else in
 * the product names a minor.
 */
export interface MastodonFacts {
  /** Major and minor: "4.6". */
  readonly minor: string;
  /** State of mastodon/mastodon in which the rows were read. */
  readonly readAt: ReadAt;
  /**
   * The upstream paths that rows were read from, besides those in `variables`. A bump to another
   * minor begins with the changes of exactly these, and with a search for new variables.
   */
  readonly readAgain: readonly string[];
  /** The versions that `npm run rehearse` has gone through together; undefined: none yet. */
  readonly rehearsedWith: RehearsedWith | undefined;
  /** The least that Mastodon asks for. */
  readonly needs: NeededVersions;
  /** Sidekiq's queues. A queue that no process works keeps its jobs for ever. */
  readonly queues: readonly QueueFact[];
  /** The files of the folder `public`. The first row that fits a path counts. */
  readonly staticPaths: readonly StaticPath[];
  /** Documents that are the same for everyone, said so by Mastodon with an empty `Vary`. */
  readonly publicDocuments: PublicDocuments;
  /** Paths that other servers and apps request. None of these clients can solve a challenge. */
  readonly machinePaths: PathSet;
  /**
   * All that the streaming server reads in the database: columns by table. It only ever SELECTs
   * (`streaming/index.js`), and its role is granted these and no more. A missing row fails every
   * socket with SQLSTATE 42501; one too many opens private data to what faces the Internet.
   */
  readonly streamingReads: Readonly<Record<string, readonly string[]>>;
  /**
   * Each environment variable that its own source reads, by the upstream file that reads it: names
   * with spaces between them. What its images bring besides is in `facts/runtimes.ts`.
   */
  readonly variables: Readonly<Record<string, string>>;
}

/** The names of all variables that a release reads. */
export function variablesOf({ variables }: Pick<MastodonFacts, "variables">): ReadonlySet<string> {
  return new Set(Object.values(variables).flatMap((names) => names.match(/\w+/gu) ?? []));
}

/** A state of mastodon/mastodon. */
export interface ReadAt {
  /** The release that it is, or the first one after it: "v4.6.5". */
  readonly release: string;
  /** In full. */
  readonly commit: string;
  /** Confidence in rows that were read in this state. */
  readonly grade: string;
}

/** Versions that ran together in a rehearsal, besides Mastodon's. */
export interface RehearsedWith {
  /** Major versions. */
  readonly postgres: readonly string[];
  /** Major versions. */
  readonly valkey: readonly string[];
  /** Minor versions: "1.35". */
  readonly kubernetes: readonly string[];
}

/** The lowest versions that will do. */
export interface NeededVersions {
  /** Major version; below it `db:migrate` stops. */
  readonly postgres: number;
  /** Major version; below it Sidekiq does not start. Valkey 8 says of itself that it is 7.2. */
  readonly redis: number;
  /** The major version of Node.js that streaming's image must have. */
  readonly node: number;
}

/** A queue and how often it is looked at, against the others. */
export interface QueueFact {
  readonly name: string;
  readonly weight: number;
}

/**
 * Caching class of a static file. "refused": not served here at all. "unkept": never cached.
 * "hashed": cached for good, because other content has another name. "daily": cached until the next
 * release. "brief": cached for minutes.
 */
export type StaticClass = "refused" | "unkept" | "hashed" | "daily" | "brief";

/** A row: paths that begin so are of this class. */
export interface StaticPath {
  readonly startsWith: string;
  /** Only those whose last part carries a digest, as Propshaft writes it: `logo-0a1b2c3d.svg`. */
  readonly digested?: true;
  readonly class: StaticClass;
}

/** Paths: these whole, and all that begin so. */
export interface PathSet {
  readonly whole: readonly string[];
  /** Each ends with a slash. */
  readonly below: readonly string[];
}

/** Paths whose answers are the same for everyone. */
export interface PublicDocuments extends PathSet {
  /** The beginning of a path below them that may be for members only. */
  readonly forMembers: string;
}
