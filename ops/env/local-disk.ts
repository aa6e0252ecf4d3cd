import { StackConfigSchema } from "../../config/schema.ts";
import { nodeAt, nodeOf } from "../../config/describe.ts";
import type { Values } from "./convert.ts";
import type { Setting } from "./read.ts";

/** The key that leads old addresses of media on the web host to the media host. */
const REDIRECT = "media.fromLocalDisk";

/**
 * Any of them `true`: media is in a storage of its own (mastodon/mastodon
 * `config/initializers/paperclip.rb`).
 */
const STORAGES = ["S3_ENABLED", "SWIFT_ENABLED", "AZURE_ENABLED"];

/**
 * Configuration and notes that a server needs if its media is on its own disk. Other servers'
 * databases hold its addresses, `https://<web domain>/system/…`, and those servers ask there for
 * years.
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
