/**
 * Files through which the three containers of a dump work together, in a volume in memory. They
 * follow each other in this order:
 *
 * 1. `store` reads the bucket, so a wrong key or an outage stops the dump before it begins.
 * 2. `dump` asks the database, takes the lock and a snapshot, and makes both pipes: `dump.ready`.
 * 3. `encrypt` opens both pipes: `encrypt.ready`. `store` opens the second one: `store.ready`.
 * 4. `dump` opens the first one, `dump.open`, and only then starts pg_dump.
 * 5. `dump` writes its processes' exit codes, `dump.codes`, before it closes the first pipe.
 * 6. `encrypt` writes the manifest before it closes the second one, and only if all codes are 0.
 *
 * So the end of a pipe without the file before it means that the container died. One that fails
 * leaves `<its name>.failed`, and the others stop waiting.
 */

/** Folder of the volume. */
export const PIPES = "/pipes";

/** Names in it. */
export const POD_FILES = {
  /** Pipe from `dump` to `encrypt`: the dump in plain text. It never touches a disk. */
  plain: "plain",
  /** Pipe from `encrypt` to `store`. */
  encrypted: "encrypted",
  /** Pipe inside `dump`, to the process that reads the dump through. */
  check: "check",
  /** Facts of the database, JSON, from the dump's own snapshot. */
  facts: "facts.json",
  /** Time of the snapshot as a stamp. */
  stamp: "stamp",
  /** Keys of the manifests in the bucket, one a line. */
  keys: "keys",
  /** The newest good manifest, or empty. */
  last: "last.json",
  /** Exit codes of pg_dump, tee and pg_restore. */
  codes: "dump.codes",
  /** Size of the encrypted dump. */
  bytes: "bytes",
  /** Folders into which the dump is copied, one a line. */
  shelves: "shelves",
  /** The manifest, which `store` uploads last. */
  manifest: "manifest.json",
} as const;

/**
 * Seconds for which a container waits for another's next step. Each pulls its own image first, one
 * after the other (a kubelet's default, `serializeImagePulls`).
 */
export const PEER_PATIENCE_SECONDS = 600;

/** The same, once all three are known to run. */
export const STEP_PATIENCE_SECONDS = 60;
