import { z } from "zod";
import { EXAMPLE_RELEASE } from "../../facts/mastodon/minors.ts";
import { address } from "./values.ts";

/** An image that others build: only its digest guarantees its content. */
const image = (description: string, example: string) =>
  z
    .string()
    .regex(/^[a-z0-9.-]+\.[a-z]+(:\d+)?(\/[a-z0-9._-]+)+:[\w.-]+@sha256:[0-9a-f]{64}$/u)
    .meta({
      description,
      allowed: "an image with registry, tag and digest",
      examples: [`${example}@sha256:${"0123456789abcdef".repeat(4)}`],
    });

/** The key `fork`. */
export const forkSchema = z
  .strictObject({
    release: z
      .string()
      .regex(/^v\d+\.\d+\.\d+$/u)
      .meta({
        description:
          "Mastodon's release that it is built on: what upgrades are compared by, and what it was rehearsed with.",
        allowed: "a release of Mastodon",
        examples: [EXAMPLE_RELEASE],
      }),
    mastodon: image(
      "The image of web, Sidekiq, Jobs and static files.",
      `ghcr.io/glitch-soc/mastodon:${EXAMPLE_RELEASE}`,
    ),
    streaming: image(
      "The image of streaming.",
      `ghcr.io/glitch-soc/mastodon-streaming:${EXAMPLE_RELEASE}`,
    ),
    source: address(
      "`SOURCE_BASE_URL`: where its source is; the licence (AGPL) wants members to find it.",
      "https://github.com/glitch-soc/mastodon",
    ),
  })
  .optional()
  .meta({
    description:
      "A fork of Mastodon, such as glitch-soc. Left out, Mastodon's own images, of `config/images.ts`. What else a fork reads, `extraEnvironment` gives it.",
  });

/** The key `images`. */
export const imagesSchema = z
  .strictObject({
    unpinned: z.enum(["refuse", "allow"]).default("refuse").meta({
      description:
        "What an update does with an image that has a tag and no digest: whoever owns the tag decides what runs, with every key of this server. `npm run images -- pin` writes the digests; `allow` is for a registry that can't be asked for them. A preview warns in both cases.",
    }),
  })
  .prefault({})
  .meta({ description: "Whether the images of `config/images.ts` must have digests." });
