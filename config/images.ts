/**
 * Every container image, one a line: repository, tag and, if known, digest. Renovate bumps the
 * lines (`renovate.json`), and `npm run images -- pin` adds the digests. A digest is here only if
 * it was resolved at the registry, or if independent public records agree on it; each names its
 * records. A tag alone can be moved to other content by the image's owner.
 */
export const IMAGES = {
  /**
   * Rails: web, Sidekiq, Jobs; and the static files (mastodon/mastodon `docker-compose.yml`).
   * v4.7.6 is the newest release seen in public: linuxserver/docker-mastodon's release v4.7.6-ls226
   * of 2026-11-26 contains its text. No two public records of its digest were found.
   */
  mastodon: "ghcr.io/mastodon/mastodon:v4.7.6",
  /** The streaming server. Same source. */
  streaming: "ghcr.io/mastodon/mastodon-streaming:v4.7.6",
  /**
   * Serves the static files, as user 101 on port 8080. The tag was rebuilt several times. The
   * digest is the one in the Dockerfiles of cloudinfraz/s3proxy-rs and lxshwyan/WyanDesk.
   */
  nginx:
    "docker.io/nginxinc/nginx-unprivileged:1.29.8-alpine@sha256:0c79d56aee561a1d81c63f00eee5fb5fe29279560cdc55e91425133104c7fbe6",
  /**
   * `psql` for the database grants. Tag and digest are those of wizkidword/arctic-rss and
   * zhouwen-giser/skill-driven-agent-runtime (`infra/postgres/Dockerfile.pgvector-hardened`).
   */
  postgres:
    "docker.io/library/postgres:17.10-alpine3.23@sha256:8189a1f6e40904781fc9e2612687877791d21679866db58b1de996b31fc312e4",
  /**
   * Measures pods and nodes. Tag and digest are those of minikube 1.38.1's addons, the digest also
   * that of K3s' mirror (`rancher/mirrored-metrics-server`).
   */
  metricsServer:
    "registry.k8s.io/metrics-server/metrics-server:v0.8.1@sha256:b2d2efaf5ac3b366ed0f839d2412a2c4279d4fc2a2a733f12c52133faed36c41",
  /**
   * The tunnel's connector. Tag and digest are those of futuroptimist/sugarkube and
   * shepherdjerred's homelab (`versions.ts`).
   */
  cloudflared:
    "docker.io/cloudflare/cloudflared:2026.7.3@sha256:e39ee8da81ad5e05d77f38d2f51c60ca51bf2a8450ac3abab50c17fdb91d91bf",
  /**
   * Stores dumps and copies media. Tag and digest are those of hugefiver/ipfS3 (its matrix of
   * clients, July and August 2026), finalmethos-ops/btsp and animan1/dev-scaffold.
   */
  rclone:
    "docker.io/rclone/rclone:1.74.4@sha256:c61954aaa32328a5486715dd063a81c7879f5195ad3505cd362deddd509dc4a1",
} as const;

/** The images of one release: the same keys, with any tags. */
export type Images = Readonly<Record<keyof typeof IMAGES, string>>;
