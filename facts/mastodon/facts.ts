/**
 * Facts about one minor release of Mastodon on which this program depends. Each minor has one file,
 * with the upstream path of each row; `minors.ts` lists the files. Nothing else in the product
 * names a minor.
 */
export interface MastodonFacts {
  /** Major and minor: "4.6". */
  readonly minor: string;
  /** State of mastodon/mastodon from which the rows were read. */
  readonly readAt: ReadAt;
  /**
   * Upstream paths from which rows were read, in addition to those in `variables`. A bump to
   * another minor starts with the changes of exactly these, and with a search for new variables.
   */
  readonly readAgain: readonly string[];
  /** Versions that `npm run rehearse` has passed together; undefined: none yet. */
  readonly rehearsedWith: RehearsedWith | undefined;
  /** Minimum versions that Mastodon requires. */
  readonly needs: NeededVersions;
  /** Sidekiq's queues. A queue that no process works keeps its jobs without limit. */
  readonly queues: readonly QueueFact[];
  /** Files of the folder `public`. The first row that matches a path counts. */
  readonly staticPaths: readonly StaticPath[];
  /** Documents that are the same for everyone, which Mastodon marks with an empty `Vary`. */
  readonly publicDocuments: PublicDocuments;
  /** Paths that other servers and apps request. None of these clients can solve a challenge. */
  readonly machinePaths: PathSet;
  /**
   * Everything that the streaming server reads in the database: columns by table. It only ever
   * SELECTs (`streaming/index.js`), and its role is granted only these. A missing row fails every
   * socket with SQLSTATE 42501. An additional one exposes private data to a process that faces the
   * Internet.
   */
  readonly streamingReads: Readonly<Record<string, readonly string[]>>;
  /**
   * Each environment variable that its own source reads, by the upstream file that reads it: names
   * with spaces between them. Variables of its images are in `facts/runtimes.ts`.
   */
  readonly variables: Readonly<Record<string, string>>;
}

/** Names of all variables that a release reads. */
export function variablesOf({ variables }: Pick<MastodonFacts, "variables">): ReadonlySet<string> {
  return new Set(Object.values(variables).flatMap((names) => names.match(/\w+/gu) ?? []));
}

/** A state of mastodon/mastodon. */
export interface ReadAt {
  /** Its release, or the first one after it: "v4.6.5". */
  readonly release: string;
  /** The complete hash. */
  readonly commit: string;
  /** Confidence in rows that were read in this state. */
  readonly grade: string;
}

/** Versions that ran together in a rehearsal, in addition to Mastodon's. */
export interface RehearsedWith {
  /** Major versions. */
  readonly postgres: readonly string[];
  /** Major versions. */
  readonly valkey: readonly string[];
  /** Minor versions: "1.35". */
  readonly kubernetes: readonly string[];
}

/** Minimum versions. */
export interface NeededVersions {
  /** Major version; below it `db:migrate` stops. */
  readonly postgres: number;
  /** Major version; below it Sidekiq does not start. Valkey 8 reports 7.2. */
  readonly redis: number;
  /** Major version of Node.js that streaming's image must have. */
  readonly node: number;
}

/** A queue with its weight. */
export interface QueueFact {
  readonly name: string;
  readonly weight: number;
}

/**
 * Caching class of a static file. "refused": not served here at all. "unkept": never cached.
 * "hashed": cached without limit, because other content has another name. "daily": cached until the
 * next release. "brief": cached for minutes.
 */
export type StaticClass = "refused" | "unkept" | "hashed" | "daily" | "brief";

/** A row: the class of paths with this prefix. */
export interface StaticPath {
  readonly startsWith: string;
  /** Only paths whose last part has a digest, in Propshaft's form: `logo-0a1b2c3d.svg`. */
  readonly digested?: true;
  readonly class: StaticClass;
}

/** Paths: complete ones, and prefixes. */
export interface PathSet {
  readonly whole: readonly string[];
  /** Each ends with a slash. */
  readonly below: readonly string[];
}

/** Paths whose answers are the same for everyone. */
export interface PublicDocuments extends PathSet {
  /** Prefix of paths below them that may be for members only. */
  readonly forMembers: string;
}
