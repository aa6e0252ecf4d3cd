import { partsOf } from "../../domain/images.ts";

/** Result for one image. */
export interface Pinned {
  readonly image: string;
  readonly before: string | undefined;
  readonly now: string;
}

/**
 * Resolves every image, all at the same time.
 * @throws Error naming each that failed: a file with half of its digests would hide them.
 */
export async function resolveAll(
  images: readonly string[],
  resolve: (image: string) => Promise<string>,
): Promise<readonly Pinned[]> {
  const results = await Promise.allSettled(images.map((image) => resolve(image)));
  const faults = results.flatMap((result) =>
    result.status === "rejected" ? [(result.reason as Error).message] : [],
  );
  if (faults.length > 0)
    throw new Error(`Nothing was written:\n${faults.map((each) => `  ${each}`).join("\n")}`);
  return images.map((image, at) => ({
    image,
    before: partsOf(image).digest,
    now: (results[at] as PromiseFulfilledResult<string>).value,
  }));
}

/**
 * Returns the file with each image's digest after its tag, and changes nothing else. A second run
 * changes nothing.
 * @throws Error if an image is not in the file exactly once, in quotes.
 */
export function withDigests(file: string, pinned: readonly Pinned[]): string {
  return pinned.reduce((text, { image, now }) => {
    const { repository, tag } = partsOf(image);
    const quoted = `"${image}"`;
    if (text.split(quoted).length !== 2)
      throw new Error(`${image} must stand in config/images.ts exactly once, in quotes.`);
    return text.replace(quoted, `"${repository}:${tag}@${now}"`);
  }, file);
}

/** One line for each image: the old digest and the new one. */
export function tableOf(pinned: readonly Pinned[]): string {
  const short = (digest: string | undefined): string =>
    digest === undefined ? "a tag alone" : digest.slice(0, 19);
  return pinned
    .map(({ image, before, now }) => {
      const { repository, tag } = partsOf(image);
      const change =
        before === now ? `${short(now)} as before` : `${short(before)} → ${short(now)}`;
      return `  ${repository}:${tag}  ${change}`;
    })
    .join("\n");
}

/** Images whose tag has another digest than the pinned one, or that have no digest yet. */
export function moved(pinned: readonly Pinned[]): readonly Pinned[] {
  return pinned.filter(({ before, now }) => before !== now);
}
