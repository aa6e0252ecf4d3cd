import { CLEAN_UPS } from "./clean-ups.ts";
import { COUNTS } from "./counts.ts";
import { ENVIRONMENT } from "./environment.ts";
import { NAMES } from "./names.ts";
import { RELEASE } from "./release.ts";

/** Causes of other servers' outages, as rules over a whole plan. */
export const DANGERS = [...NAMES, ...COUNTS, ...ENVIRONMENT, ...RELEASE, ...CLEAN_UPS] as const;
