import { CLEAN_UPS } from "./clean-ups.ts";
import { COUNTS } from "./counts.ts";
import { ENVIRONMENT } from "./environment.ts";
import { NAMES } from "./names.ts";
import { RELEASE } from "./release.ts";

/** What took others' servers down, as rules over a whole plan. */
export const DANGERS = [...NAMES, ...COUNTS, ...ENVIRONMENT, ...RELEASE, ...CLEAN_UPS] as const;
