import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkOf, type Check } from "../../checks/check.ts";
import { Browser, findChromium } from "../../reports/browser.ts";

/** Widths of a desktop's window and of a phone's, pixels. */
const WIDTHS = [1280, 420];

/**
 * Opens pages of reports in a real browser, wide and narrow, and writes a picture of each.
 * @returns the check, or a sentence on a machine without a browser.
 */
export async function picturesOf(
  pages: readonly string[],
  folder: string,
): Promise<Check | string> {
  const program = await findChromium().catch(() => undefined);
  if (program === undefined) return "There is no Chromium here, so no page was looked at.";
  const browser = await Browser.open(program);
  try {
    await mkdir(folder, { recursive: true });
    const faults: string[] = [];
    for (const page of pages)
      for (const width of WIDTHS) {
        const seen = await browser.look(pathToFileURL(page).href, width, false);
        const name = basename(dirname(page));
        await writeFile(join(folder, `${name}-${width}.png`), seen.picture);
        faults.push(
          ...(seen.overhang === 0
            ? []
            : [`${name} is ${seen.overhang} pixels too wide at ${width}`]),
          ...seen.asked.map((other) => `${name} asks for ${other}`),
          ...seen.complaints.map((complaint) => `${name}: ${complaint}`),
        );
      }
    return checkOf(
      "pages of reports fit a desktop and a phone, and load nothing",
      faults,
      `${pages.length} pages, at ${WIDTHS.join(" and ")} pixels, in ${folder}`,
    );
  } finally {
    await browser.close();
  }
}
