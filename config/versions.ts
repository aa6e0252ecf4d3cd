/** Everything that runs, exactly. Where two independent public records agree on a digest it is written down; else a tag stands alone. */

/** Mastodon's release (mastodon/mastodon, "Bump version to v4.6.5", 2026-08-06). */
export const MASTODON_VERSION = "v4.6.5";

/** Mastodon's main image of a release, as its own docker-compose.yml names it. */
export function mastodonImage(version: string): string {
  return `ghcr.io/mastodon/mastodon:${version}`;
}

/** Container images, by what they are for. */
export const IMAGES = {
  /** Rails: web, Sidekiq, Jobs. */
  mastodon: mastodonImage(MASTODON_VERSION),
  /** The streaming server. Same source. */
  streaming: `ghcr.io/mastodon/mastodon-streaming:${MASTODON_VERSION}`,
  /** Serves the static files, as user 101 on port 8080. */
  nginx: "docker.io/nginxinc/nginx-unprivileged:1.29.8-alpine",
  /** `psql` for the database grants. */
  postgres: "docker.io/library/postgres:17.10-alpine3.23",
  /** Measures pods and nodes; tag and digest as three unrelated public files have them, minikube's addons among them. */
  metricsServer:
    "registry.k8s.io/metrics-server/metrics-server:v0.8.1@sha256:b2d2efaf5ac3b366ed0f839d2412a2c4279d4fc2a2a733f12c52133faed36c41",
  /** The tunnel's connector; tag and digest as three unrelated public repositories have them. */
  cloudflared:
    "docker.io/cloudflare/cloudflared:2026.7.3@sha256:e39ee8da81ad5e05d77f38d2f51c60ca51bf2a8450ac3abab50c17fdb91d91bf",
} as const;

/** Postgres' major version at DigitalOcean: the default of new clusters, supported until 2029-11. */
export const POSTGRES_VERSION = "17";

/** Valkey's major version at DigitalOcean: the only one offered. */
export const VALKEY_VERSION = "8";
