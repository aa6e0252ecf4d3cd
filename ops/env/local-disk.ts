import { StackConfigSchema } from "../../config/schema.ts";
import { nodeAt, nodeOf } from "../../config/describe.ts";
import type { Values } from "./convert.ts";
import type { Setting } from "./read.ts";

/** Key that redirects old media URLs on the web host to the media host. */
const REDIRECT = "media.fromLocalDisk";

/**
 * If any of them is `true`, media is in an object storage (mastodon/mastodon
 * `config/initializers/paperclip.rb`).
 */
const STORAGES = ["S3_ENABLED", "SWIFT_ENABLED", "AZURE_ENABLED"];

/**
 * Configuration and notes for a server with media on its own disk. Other servers have its URLs in
 * their databases, `https://<web domain>/system/…`, and request them for years.
 */
export function fromLocalDisk(settings: readonly Setting[]): {
  readonly config: Values;
  readonly notes: readonly string[];
} {
  if (settings.some(({ name, value }) => STORAGES.includes(name) && value === "true"))
    return { config: {}, notes: [] };
  const redirects = nodeAt(nodeOf(StackConfigSchema), REDIRECT.split(".")) !== undefined;
  return {
    config: redirects ? { [REDIRECT]: true } : {},
    notes: [
      `S3_ENABLED is not true, so the old server's media is on its own disk, in public/system: copy it before the move (docs/media.md). Other servers ask for it under https://<web domain>/system/${redirects ? "; these addresses are redirected to the media host" : ", where nothing answers here"}.`,
    ],
  };
}
