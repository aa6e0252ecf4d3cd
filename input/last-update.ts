import * as pulumi from "@pulumi/pulumi";
import { changeFaults, changeWarnings } from "../domain/changes.ts";
import type { Images } from "../config/images.ts";
import { imagesOf, versionOf } from "../domain/images.ts";
import { type Release, releaseAfter } from "../domain/release.ts";
import type { StackConfig } from "../config/schema.ts";
import { upgradeFaults } from "../domain/upgrade.ts";
import type { Running } from "../domain/deployed-state.ts";

/** Output of the last update, as the engine has it, and the refusal of what it can't become. */

/**
 * The release that these images, or a fork's, are for the server that runs. Refuses what that can't
 * become; a new one may be anything.
 * @throws RunError naming every change that can't be made.
 */
export function nextRelease(
  running: Partial<Running> | undefined,
  config: StackConfig,
  images: Images,
): Release {
  const version = versionOf(config, images);
  const faults = [
    ...upgradeFaults(running?.mastodonVersion, version),
    ...changeFaults(running, config),
  ];
  if (faults.length === 0) {
    for (const warning of changeWarnings(running, config)) void pulumi.log.warn(warning);
    return releaseAfter(running, imagesOf(config, images));
  }
  throw new pulumi.RunError(
    `The running server can't become that; nothing was changed:\n${faults.map((each) => `  ${each}`).join("\n")}`,
  );
}

/**
 * Output `running` of the last update of this stack that completed. Undefined if there was none, or
 * if that update is from before this output. The engine is asked for it, for this very stack. No
 * resource is registered for it, so nothing of it is in the state.
 */
export async function lastRunning(): Promise<Partial<Running> | undefined> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const answer = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: Readonly<Record<string, unknown>>;
  };
  return answer.outputs?.["running"] as Partial<Running> | undefined;
}
