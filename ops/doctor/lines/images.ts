import { moved, resolveAll, type Pinned } from "../../images/pin.ts";
import { resolveDigest } from "../../images/registry.ts";
import { patchFault } from "../../images/tags.ts";
import { fix, ok, type Line } from "../line.ts";

interface ImagesAnswer {
  readonly pinned: readonly Pinned[];
  /** A sentence about a newer patch of Mastodon; undefined if there is none. */
  readonly patch: string | undefined;
}

export const images: Line<ImagesAnswer> = {
  number: 25,
  name: "images",
  checks: "each image's tag is at its registry with the digest that is written down",
  async ask({ images: all }) {
    const [pinned, patch] = await Promise.all([
      resolveAll(Object.values(all), (image) => resolveDigest(image)),
      patchFault([all.mastodon, all.streaming]),
    ]);
    return { pinned, patch };
  },
  judge({ pinned, patch }) {
    const elsewhere = moved(pinned);
    if (elsewhere.some(({ before }) => before !== undefined))
      return fix(
        `${elsewhere
          .filter(({ before }) => before !== undefined)
          .map(({ image }) => image.split("@")[0])
          .join(
            ", ",
          )}: the tag has another digest now than config/images.ts. Find out who moved it before you deploy it.`,
        "npm run images -- pin --check",
      );
    if (elsewhere.length > 0)
      return fix(
        `${elsewhere.map(({ image }) => image).join(", ")}: named by a tag alone, which its owner can move.`,
        "npm run images -- pin",
      );
    return patch === undefined
      ? ok(`${pinned.length} images, each with its digest`)
      : fix(patch, "npm run images -- pin");
  },
};
