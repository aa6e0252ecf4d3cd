import type { DataLife } from "./data-life.ts";
import { keptBy, type KeptThings } from "./kept.ts";
import { type Decided, decidedBy } from "./decided.ts";
import { imagesOf, versionOf } from "./images.ts";
import { type Release, type Released, releasedBy } from "./release.ts";
import type { StackConfig } from "../config/schema.ts";
import { recordOf, type HadUnlocked } from "./unlocked.ts";

/** The stack's output `running`, with which the next update is compared. It contains no secret. */
export interface Running extends Decided, Released {
  readonly data: DataLife;
  /** An older program did not record it. */
  readonly kept: KeptThings;
  /** Entries of `unlocked` that the update had; unset if it had none. */
  readonly unlocked?: HadUnlocked;
}

/** The output of a stack with this configuration and release. */
export function runningAs(config: StackConfig, release: Release, data: DataLife): Running {
  return {
    ...decidedBy(config),
    ...releasedBy(release),
    // A fork's tag may have any form.
    mastodonVersion: versionOf(config, release.images),
    mastodonImage: imagesOf(config, release.images).mastodon,
    data,
    kept: keptBy(config),
    ...recordOf(config),
  };
}
