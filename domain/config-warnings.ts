import type { Images } from "../config/images.ts";
import type { StackConfig } from "../config/schema.ts";
import { noDumpsWarning } from "./backup/plan.ts";
import { imagesOf, unpinnedWarning } from "./images.ts";
import { updateTimeWarning } from "./update-length.ts";

/**
 * Warnings about a configuration and its images. Every preview says them until they are heeded. A
 * report folds those that the configuration before had already.
 */
export function configWarnings(config: StackConfig, images: Images): readonly string[] {
  const warnings = [
    unpinnedWarning(Object.values(imagesOf(config, images))),
    updateTimeWarning(config),
    noDumpsWarning(config),
  ];
  return warnings.flatMap((warning) => warning ?? []);
}
