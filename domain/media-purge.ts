/**
 * Protocol with which Mastodon purges a deleted file from the edge (docs/media.md, "What was
 * deleted"). Mastodon requests the file's own URL with this method and header (mastodon/mastodon
 * v4.6.5 `app/lib/cache_buster.rb`).
 */

/**
 * `CACHE_BUSTER_HTTP_METHOD`: a method that caches and clients do not treat specially; `PURGE` is
 * Cloudflare's own.
 */
export const PURGE_METHOD = "POST";

/** `CACHE_BUSTER_SECRET_HEADER`. */
export const PURGE_HEADER = "X-Purge-Secret";

/** Path on a media host for the Worker. No file of Mastodon's is below it. */
export const PURGE_PATH = "/.purge";
