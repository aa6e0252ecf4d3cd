import { CLEAN_UPS } from "./dangers/clean-ups.ts";
import { COUNTS } from "./dangers/counts.ts";
import { ENVIRONMENT } from "./dangers/environment.ts";
import { NAMES } from "./dangers/names.ts";
import { RELEASE } from "./dangers/release.ts";

/** What took others' servers down, as rules over a whole plan. */
export const DANGERS = [...NAMES, ...COUNTS, ...ENVIRONMENT, ...RELEASE, ...CLEAN_UPS] as const;
