import { changeRefusals, type ChangeFault } from "../../domain/changes.ts";
import { upgradeFaults } from "../../domain/upgrade.ts";
import { Refusal, type Fault } from "../../domain/fault.ts";
import type { StackConfig } from "../../config/schema.ts";
import type { Images } from "../../config/images.ts";
import { imageFaults, imagesOf, unpinnedRefusal, versionOf } from "../../domain/images.ts";
import { readConfig } from "../../input/stack-text.ts";
import { stackTextOf } from "../stack-file/texts.ts";
import type { Diagnostic, EngineRun } from "./engine-log.ts";

/** Reasons why nothing would be deployed, and the remedies. */

/** Reasons of a refusal. */
export interface Refused {
  /** Faults of the configuration or of the change, each with its remedies. */
  readonly faults: readonly Fault[];
  /** Resources that would have been lost, if the program had not refused. */
  readonly dies: readonly string[];
  /** The engine's own sentences. */
  readonly words: readonly string[];
}

/** A stack file's configuration, or the reason why there is none. */
export type Parsed =
  | { readonly config: StackConfig; readonly faults?: undefined }
  | { readonly config?: undefined; readonly faults: readonly Fault[] };

/** Parses a stack file as the program does. Its secrets stay unknown. */
export function parsed(text: string, file: string): Parsed {
  try {
    return { config: readConfig(stackTextOf(text, file)) };
  } catch (error) {
    if (error instanceof Refusal) return { faults: error.faults };
    return {
      faults: [
        {
          code: "unreadable-file",
          key: file,
          message: error instanceof Error ? error.message : String(error),
          cures: [],
        },
      ],
    };
  }
}

/**
 * Reason why the update will be refused although its preview went through: images by tag alone, of
 * which a preview only warns (`input/load.ts`). Undefined if there is none.
 */
export function refusalOfUpdate(
  config: StackConfig | undefined,
  images: Images,
): string | undefined {
  if (config === undefined || config.images.unpinned !== "refuse") return undefined;
  return unpinnedRefusal(Object.values(imagesOf(config, images)));
}

/** Lines of the engine that say no more than that it failed. */
const EMPTY = new Set(["preview failed", "update failed", "BAIL: 1"]);

/** Errors of a run, without those that only say that there was one. */
export function errorsOf(run: EngineRun | undefined): readonly Diagnostic[] {
  return (run?.diagnostics ?? []).filter(
    ({ severity, message }) => severity === "error" && !EMPTY.has(message),
  );
}

/** Facts of a run that ended without a plan. */
export interface RefusedRun {
  readonly parsed: Parsed;
  readonly run: EngineRun | undefined;
  /** Images that would be deployed. */
  readonly images: Images;
  /** Last lines of standard error. Default: none. */
  readonly stderrTail?: string | undefined;
  /** Why only the update refuses: {@link refusalOfUpdate}. */
  readonly ofUpdate?: string | undefined;
}

/**
 * Its reasons. The program stops before it registers anything, so the events have only its
 * sentences: the same functions that refuse are asked once more.
 */
export function refusedOf({
  parsed: file,
  run,
  images,
  stderrTail = "",
  ofUpdate,
}: RefusedRun): Refused {
  const words = ofUpdate === undefined ? errorsOf(run).map(({ message }) => message) : [ofUpdate];
  const impossible =
    file.config === undefined || run === undefined
      ? []
      : [
          ...changeRefusals(run.running, file.config),
          ...ofImages([
            ...imageFaults(file.config, images),
            ...upgradeFaults(run.running?.mastodonVersion, versionOf(file.config, images)),
          ]),
        ];
  return {
    faults: [...(file.faults ?? []), ...impossible],
    dies: [...new Set(impossible.flatMap(({ dies }) => dies))],
    words: words.length > 0 ? words : stderrTail.trim() === "" ? [] : [stderrTail.trim()],
  };
}

function ofImages(messages: readonly string[]): readonly ChangeFault[] {
  return messages.map((message) => ({
    code: "upgrade",
    key: "config/images.ts",
    message,
    cures: [],
    dies: [],
  }));
}
