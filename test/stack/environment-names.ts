import { deployedFacts } from "../../domain/images.ts";
import { variablesOf } from "../../facts/mastodon/facts.ts";
import { RUNTIME_VARIABLES } from "../../facts/runtimes.ts";

/**
 * Names that the programs in the stack's containers read, each with its source. A name without a
 * reader is a setting without an effect, although the operator relies on it.
 */

const { variables } = deployedFacts({});

/**
 * Variables that the deployed Mastodon reads itself, in upstream files that are selected by path.
 */
function readIn(isMeant: (path: string) => boolean): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([path]) => isMeant(path))
      .map(([path, names]) => [path, [...variablesOf({ variables: { path: names } })]]),
  );
}

/** Variables that its runtimes read. */
function readBy(...runtimes: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    runtimes.map((name) => [
      name,
      [...variablesOf({ variables: { name: RUNTIME_VARIABLES[name] ?? "" } })],
    ]),
  );
}

/** Rails: web, Sidekiq, Jobs. */
export const RAILS_NAMES: Readonly<Record<string, readonly string[]>> = {
  ...readIn((path) => !path.startsWith("streaming/") && !path.endsWith(".rake")),
  ...readBy("Ruby", "Ruby on Rails", "libpq", "bootsnap", "prometheus_exporter", "OpenTelemetry"),
};

/** The preflight: Rails' variables, and the same for the direct port under its own names. */
export const PREFLIGHT_NAMES: Readonly<Record<string, readonly string[]>> = {
  ...RAILS_NAMES,
  "k8s/preflight-script.ts": [
    "DIRECT_DB_PORT",
    "DIRECT_DB_NAME",
    "STREAMING_DB_USER",
    "STREAMING_DB_PASS",
  ],
};

/** Streaming, which reads neither libpq's names nor Rails'. */
export const STREAMING_NAMES: Readonly<Record<string, readonly string[]>> = {
  ...readIn((path) => path.startsWith("streaming/")),
  ...readBy("Node.js"),
};

/** `psql` and the script around it. */
export const GRANTS_NAMES: Readonly<Record<string, readonly string[]>> = {
  "libpq, environment variables": [
    "PGHOST",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGCONNECT_TIMEOUT",
  ],
  "the scripts in k8s/database-grants.ts and k8s/streaming-grants-script.ts": [
    "APPLICATION_USER",
    "STREAMING_USER",
    "STREAMING_PASSWORD",
  ],
  // No program reads it: another release creates another Job.
  "k8s/streaming-grants.ts": ["RELEASE"],
};

/** cloudflared. */
export const CONNECTOR_NAMES: Readonly<Record<string, readonly string[]>> = {
  "cloudflare/cloudflared cmd/cloudflared/tunnel/subcommands.go": ["TUNNEL_TOKEN"],
};

/** Names that old guides contain. Each has no effect, or a harmful one. */
export const REMOVED_NAMES: Readonly<Record<string, string>> = {
  OTP_SECRET: "removed in 4.4 (CHANGELOG)",
  REDIS_NAMESPACE: "Rails stops at boot (config/initializers/deprecations.rb)",
  CACHE_REDIS_NAMESPACE: "removed with REDIS_NAMESPACE",
  SIDEKIQ_REDIS_NAMESPACE: "removed with REDIS_NAMESPACE",
  MASTODON_USE_LIBVIPS: "libvips is the only one left (config/initializers/vips.rb)",
  RAILS_LOG_TO_STDOUT: "production always does (config/environments/production.rb)",
  REDIS_HOST: "builds redis:// only, so no TLS (lib/mastodon/redis_configuration.rb)",
  DATABASE_URL: "streaming then ignores DB_SSLMODE (streaming/database.js)",
  BULK_SMTP_FROM_ADDRESS: "the official chart writes it, and nothing reads it (config/email.yml)",
  STATSD_ADDR: "removed in 4.3 (documentation, admin/config)",
};
