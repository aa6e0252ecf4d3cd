/**
 * Number of the advisory lock on the database, which a dump, a migration and a restore take in
 * turn. A migration beside a dump would stop the server: `ALTER TABLE` waits for the dump's lock on
 * the table, and each `SELECT` waits behind it. Measured: for as long as the dump held it. The
 * number is this program's own, below those that Rails computes for its migrations
 * (`ActiveRecord::Migrator::MIGRATOR_SALT` times a checksum).
 */
export const DATABASE_WORK_LOCK = 7_391;

/** Seconds for which a release waits for a dump before it fails. */
export const LOCK_PATIENCE_SECONDS = 60;
