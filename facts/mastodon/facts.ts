/**
 * All that belongs to one minor release of Mastodon and that this program goes by. One file per
 * minor holds it, with the upstream path of each row; `minors.ts` lists the files. Nothing else in
 * the product names a minor.
 */
export interface MastodonFacts {
  /** Major and minor: "4.6". */
  readonly minor: string;
  /** The commit of mastodon/mastodon that the rows were read at, and how sure that makes them. */
  readonly readAt: string;
  /**
   * All that the streaming server reads in the database: columns by table. It only ever SELECTs
   * (`streaming/index.js`), and its role is granted these and no more. A missing row fails every
   * socket with SQLSTATE 42501; one too many opens private data to what faces the Internet.
   */
  readonly streamingReads: Readonly<Record<string, readonly string[]>>;
}
