import { IMAGES, type Images } from "../config/images.ts";
import { isSameImage, partsOf } from "./images.ts";

/** The release that an update deploys, and the facts that it leaves for the next update. */

/** The release that an update deploys. */
export interface Release {
  readonly images: Images;
  /**
   * Mastodon's image of the release before: its static files are served too, for pages that are
   * still open.
   */
  readonly previousImage: string | undefined;
}

/** Facts about a release, left by an update that completed. */
export interface Released {
  /** Mastodon's release: "v4.6.5". */
  readonly mastodonVersion: string;
  readonly mastodonImage: string;
  /** The release that served before it. If unset: none. */
  readonly previousImage?: string;
}

/** The release of a server that does not run yet. */
export const FIRST_RELEASE: Release = { images: IMAGES, previousImage: undefined };

/**
 * The release that comes after what the last update left. The one before stays what it is for as
 * long as the same image is deployed: a second update with nothing new must not take the old files
 * away, nor make a pod anew.
 */
export function releaseAfter(last: Partial<Released> | undefined, images: Images): Release {
  const { mastodonImage, previousImage } = last ?? {};
  if (mastodonImage === undefined) return { images, previousImage: undefined };
  const before = isSameImage(mastodonImage, images.mastodon) ? previousImage : mastodonImage;
  // A tag that lost its digest and got that of an earlier one back leads to itself.
  return { images, previousImage: before === images.mastodon ? undefined : before };
}

/** The facts that a release leaves for the next update. */
export function releasedBy({ images, previousImage }: Release): Released {
  return {
    mastodonVersion: partsOf(images.mastodon).tag,
    mastodonImage: images.mastodon,
    ...(previousImage === undefined ? {} : { previousImage }),
  };
}
