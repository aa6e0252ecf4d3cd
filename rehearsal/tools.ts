/** The programs that a rehearsal needs and that were found or built before it. */
export interface Tools {
  /** The folder that holds `bin/pulumi`. */
  readonly engineRoot: string;
  /** The multi-call Kubernetes binary. */
  readonly kubernetes: string;
  /** The Debian 13 that images are made of, and Valkey's. */
  readonly imageRoot: string;
}
