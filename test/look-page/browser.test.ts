import { expect, test } from "vitest";
import { findChromium } from "../../rehearsal/reports/browser.ts";

test("without a browser, a sentence says what to do", async () => {
  await expect(findChromium({ PATH: "/nowhere" })).rejects.toThrow(
    "There is no Chromium on the PATH. Install one (on Debian: apt-get install chromium), or set CHROMIUM to its program.",
  );
  await expect(findChromium({ CHROMIUM: "/nowhere/chrome" })).rejects.toThrow(
    "CHROMIUM is /nowhere/chrome, which is no program that can be run.",
  );
  expect(await findChromium({ CHROMIUM: process.execPath })).toBe(process.execPath);
});
