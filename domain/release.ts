import { IMAGES, type Images } from "../config/images.ts";
import { isSameImage, partsOf } from "./images.ts";

/** The release that an update deploys, and the facts that it leaves for the next update. */

/** The release that an update deploys. */
export interface Release {
  readonly images: Images;
  /**
   * Mastodon's image of the previous release. Its static files are served, too, for pages that are
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

/** The release of a server that is not deployed yet. */
export const FIRST_RELEASE: Release = { images: IMAGES, previousImage: undefined };

/**
 * Computes the next release from the outputs of the last update. The previous image stays the same
 * while the same image is deployed. A second update without changes must not remove the old files,
 * nor recreate a pod.
 */
export function releaseAfter(last: Partial<Released> | undefined, images: Images): Release {
  const { mastodonImage, previousImage } = last ?? {};
  if (mastodonImage === undefined) return { images, previousImage: undefined };
  const before = isSameImage(mastodonImage, images.mastodon) ? previousImage : mastodonImage;
  // A tag can lose its digest and get an earlier one back. Then the previous image equals the
  // deployed one, and there is none.
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
