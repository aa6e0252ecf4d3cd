/** Programs that a rehearsal needs, found or built before it starts. */
export interface Tools {
  /** The folder that contains `bin/pulumi`. */
  readonly engineRoot: string;
  /** The multi-call Kubernetes binary. */
  readonly kubernetes: string;
  /** The Debian 13 root file system from which images are built, and Valkey's. */
  readonly imageRoot: string;
}
