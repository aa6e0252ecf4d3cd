type Environment = Readonly<Record<string, string>>;

/**
 * Converts Rails' `DB_*` variables to libpq's (mastodon/mastodon `config/database.yml`). libpq's
 * own variables stay unchanged.
 */
export function libpqOf(environment: Environment): Environment {
  if (environment["DB_HOST"] === undefined) return {};
  return {
    PGHOST: environment["DB_HOST"],
    PGPORT: environment["DB_PORT"] ?? "5432",
    PGDATABASE: environment["DB_NAME"] ?? "mastodon_production",
    PGUSER: environment["DB_USER"] ?? "mastodon",
    PGPASSWORD: environment["DB_PASS"] ?? "",
    PGSSLMODE: environment["DB_SSLMODE"] ?? "prefer",
    PGCONNECT_TIMEOUT: "5",
    // Node's variable, if libpq's own is unset: streaming's pod has no libpq.
    ...(environment["NODE_EXTRA_CA_CERTS"] === undefined
      ? {}
      : { PGSSLROOTCERT: environment["NODE_EXTRA_CA_CERTS"] }),
  };
}
