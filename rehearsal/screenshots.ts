import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { fromCommandLine } from "../ops/command-line.ts";
import { Browser, findChromium } from "./reports/browser.ts";

/** `npm run screenshots`: pages in a real browser, wide and narrow, in light and dark mode. */

/** Widths of a desktop's window and of a phone's. */
const WIDTHS = [1280, 420];

/**
 * Name of a picture: the page with its folders, because each drill's page is called `result.html`.
 */
function nameOf(page: string): string {
  return relative("rehearsal/out", page)
    .replace(/\.html$/u, "")
    .replaceAll(/[^\w.]+/gu, "-")
    .replaceAll(/^[.-]+/gu, "");
}

await fromCommandLine(
  new Command("npm run screenshots --")
    .description(
      "Opens pages in Chromium, writes a picture of each, and fails where one loads anything or is wider than the window.",
    )
    .argument("<pages...>", "HTML files, as npm run look and the drills write them")
    .option("--to <folder>", "where the pictures go", "rehearsal/out/screenshots")
    .action(async (pages: readonly string[], { to }: { readonly to: string }) => {
      const browser = await Browser.open(await findChromium());
      try {
        await mkdir(to, { recursive: true });
        const faults: string[] = [];
        for (const page of pages)
          for (const width of WIDTHS)
            for (const dark of [false, true]) {
              const url = pathToFileURL(resolve(page)).href;
              const { picture, overhang, asked, complaints } = await browser.look(url, width, dark);
              const file = join(to, `${nameOf(page)}-${width}${dark ? "-dark" : ""}.png`);
              await writeFile(file, picture);
              console.log(file);
              faults.push(
                ...(overhang === 0
                  ? []
                  : [`${page} is ${overhang} pixels wider than a window of ${width}`]),
                ...asked.map((other) => `${page} asks for ${other}`),
                ...complaints.map((complaint) => `${page}: ${complaint}`),
              );
            }
        if (faults.length > 0) throw new Error([...new Set(faults)].join("\n"));
      } finally {
        await browser.close();
      }
    }),
);
