/** Exact versions of the databases. The images are in `images.ts`. */

/**
 * Postgres' major version at DigitalOcean: the default of new clusters, supported until 2029-11.
 */
export const POSTGRES_VERSION = "17";

/** Valkey's major version at DigitalOcean: the only one offered. */
export const VALKEY_VERSION = "8";
