import { expect, test } from "vitest";
import { STYLE } from "../../pages/style.ts";
import { HUES, TEXT_COLOURS, THEMES } from "../../pages/theme.ts";

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("contrast is measured as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 1);
});

test.each(["light", "dark"] as const)(
  "by %s, text and lines can be told from what they stand on",
  (name) => {
    const theme = THEMES[name];
    const faults = (["page", "card"] as const).flatMap((ground) => [
      ...TEXT_COLOURS.filter((colour) => contrast(theme[colour], theme[ground]) < 4.5),
      ...HUES.filter((hue) => contrast(theme[hue], theme[ground]) < 3),
    ]);
    expect(faults).toEqual([]);
    for (const bar of ["accent", "warn", "bad"] as const)
      expect(contrast(theme[bar], theme.soft), bar).toBeGreaterThan(3);
  },
);

test("every colour of the sheet is one of the themes', so that none stays light at night", () => {
  const themes = new Set([...Object.values(THEMES.light), ...Object.values(THEMES.dark)]);
  const used = [...STYLE.matchAll(/#[0-9a-f]{3,8}\b/gu)].map(([colour]) => colour);
  expect(used.filter((colour) => !themes.has(colour))).toEqual([]);
  expect(STYLE).toContain("prefers-color-scheme:dark");
  expect(STYLE).not.toMatch(/url\(|@import|@font-face|</u);
});
