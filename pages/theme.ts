/**
 * Colors of a page, for light and dark mode. They are data, so that a test can check each against
 * its background. Text needs 4.5 to 1, lines of a picture 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
 */

/** Colors with a meaning; each has a word next to it. */
export const TEXT_COLOURS = ["ink", "muted", "accent", "good", "warn", "bad"] as const;

/** Colors of lines and shares, in the order of their use in a picture. */
export const HUES = ["h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7"] as const;

type Name =
  (typeof TEXT_COLOURS)[number] | (typeof HUES)[number] | "page" | "card" | "line" | "soft";

/** A color for each name. */
export type Theme = Readonly<Record<Name, string>>;

/** By the setting of the reader's system. */
export const THEMES: Readonly<Record<"light" | "dark", Theme>> = {
  light: {
    page: "#f7f7f5",
    card: "#ffffff",
    line: "#dcdfe3",
    soft: "#eceef1",
    ink: "#1b1e23",
    muted: "#565d66",
    accent: "#2456c5",
    good: "#146c2e",
    warn: "#8a4b00",
    bad: "#b3261e",
    h0: "#2456c5",
    h1: "#c2410c",
    h2: "#0f766e",
    h3: "#9333a8",
    h4: "#8a6100",
    h5: "#be185d",
    h6: "#4d7c0f",
    h7: "#475569",
  },
  dark: {
    page: "#121519",
    card: "#1a1e24",
    line: "#313841",
    soft: "#262c34",
    ink: "#e8eaed",
    muted: "#a9b1bb",
    accent: "#8ab4ff",
    good: "#5fd07f",
    warn: "#f0b35a",
    bad: "#ff938a",
    h0: "#7aa7ff",
    h1: "#fb923c",
    h2: "#4fd1c5",
    h3: "#d79bf0",
    h4: "#e5c04b",
    h5: "#f78fb8",
    h6: "#a3d65c",
    h7: "#a3b1c6",
  },
};

/** The hue of the nth thing in a picture. */
export function hueOf(at: number): (typeof HUES)[number] {
  return HUES[at % HUES.length] ?? "h0";
}
