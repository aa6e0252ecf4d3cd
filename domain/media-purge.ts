/**
 * Protocol by which Mastodon's notice that a file is deleted reaches the edge (docs/media.md, "What
 * was deleted"). Pure. Mastodon asks for the file's own address with this method and header
 * (mastodon/mastodon v4.6.5 `app/lib/cache_buster.rb`).
 */

/**
 * `CACHE_BUSTER_HTTP_METHOD`: one that neither caches nor clients know otherwise; `PURGE` is
 * Cloudflare's own.
 */
export const PURGE_METHOD = "POST";

/** `CACHE_BUSTER_SECRET_HEADER`. */
export const PURGE_HEADER = "X-Purge-Secret";

/** Path on a media host at which the Worker listens. No file of Mastodon's is below it. */
export const PURGE_PATH = "/.purge";
