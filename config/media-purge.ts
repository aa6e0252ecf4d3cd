/**
 * How Mastodon's word that a file is deleted gets to the edge (docs/media.md, "What was deleted"). Pure.
 * Mastodon asks for the file's own address with this method and header (mastodon/mastodon v4.6.5 `app/lib/cache_buster.rb`).
 */

/** `CACHE_BUSTER_HTTP_METHOD`: one that neither caches nor clients know otherwise; `PURGE` is Cloudflare's own. */
export const PURGE_METHOD = "POST";

/** `CACHE_BUSTER_SECRET_HEADER`. */
export const PURGE_HEADER = "X-Purge-Secret";

/** Where below a media host the Worker listens, and nothing of Mastodon's lies. */
export const PURGE_PATH = "/.purge";
