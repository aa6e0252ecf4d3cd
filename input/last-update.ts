import * as pulumi from "@pulumi/pulumi";
import { changeFaults, changeWarnings } from "../domain/changes.ts";
import type { Images } from "../config/images.ts";
import { imageFaults, imagesOf, versionOf } from "../domain/images.ts";
import { type Release, releaseAfter } from "../domain/release.ts";
import type { StackConfig } from "../config/schema.ts";
import { upgradeFaults } from "../domain/upgrade.ts";
import type { Running } from "../domain/deployed-state.ts";

/**
 * Reads the output of the last update from the engine, and refuses changes that it does not allow.
 */

/**
 * The release for these images, or a fork's, on the running server. Refuses impossible changes; a
 * new server may have any release.
 * @throws RunError naming every impossible change.
 */
export function nextRelease(
  running: Partial<Running> | undefined,
  config: StackConfig,
  images: Images,
): Release {
  const version = versionOf(config, images);
  const faults = [
    ...imageFaults(config, images),
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
 * Output `running` of the last complete update of this stack. Undefined if there was none, or if
 * that update is older than this output. The engine returns it for this very stack. No resource is
 * registered for it, so the state does not contain it.
 */
export async function lastRunning(): Promise<Partial<Running> | undefined> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const answer = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: Readonly<Record<string, unknown>>;
  };
  return answer.outputs?.["running"] as Partial<Running> | undefined;
}
