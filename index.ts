import * as pulumi from "@pulumi/pulumi";
import { lifeAfter, lifeToCommit, lostStateFault } from "./domain/data-life.ts";
import { IMAGES, type Images } from "./config/images.ts";
import { imagesOf } from "./domain/images.ts";
import { readStack } from "./input/load.ts";
import { statePassphraseFault } from "./input/passphrase.ts";
import { lastRunning, nextRelease } from "./input/last-update.ts";
import { unreachableFault } from "./input/unreachable.ts";
import { reasonsOf } from "./domain/unlocked.ts";
import { lookAround } from "./stack/look.ts";
import { createStack, type StackOutputs } from "./stack/stack.ts";

/**
 * The program that `pulumi up` runs through `index.mjs`, and that a rehearsal passes to the
 * Automation API. It is a function, so importing this file registers nothing.
 */
export default async function program(): Promise<StackOutputs> {
  return await runStack(IMAGES);
}

/**
 * Reads configuration, secrets and the last update's outputs, looks at the clouds, and creates the
 * stack.
 * @param images those of `config/images.ts` or, in a rehearsal, another release's.
 */
export async function runStack(images: Images): Promise<StackOutputs> {
  const fault = unreachableFault(process.env);
  if (fault !== undefined) throw new pulumi.RunError(fault);
  warnOfWeakPassphrase(process.env["PULUMI_CONFIG_PASSPHRASE"]);
  const { config, secrets } = readStack(images);
  const running = await lastRunning();
  const lost = lostStateFault(running, config);
  if (lost !== undefined) throw new pulumi.RunError(`${lost}.`);
  const advice = lifeToCommit(running, config);
  if (advice !== undefined) void pulumi.log.warn(advice);
  const release = nextRelease(running, config, images);
  const life = lifeAfter(running, config, imagesOf(config, images).mastodon, new Date());
  const reasons = reasonsOf(life.opened, config);
  if (reasons !== undefined)
    void pulumi.log.warn(`This update may delete or replace what it names. ${reasons}`);
  return createStack(config, secrets, release, await lookAround(config, running), life);
}

/**
 * Only a warning: an upgrade of this project must not stop a running server. The commands of `npm
 * run secrets` already refuse.
 */
function warnOfWeakPassphrase(passphrase: string | undefined): void {
  const fault = passphrase === undefined ? undefined : statePassphraseFault(passphrase);
  if (fault !== undefined) void pulumi.log.warn(`${fault} A later release refuses it.`);
}
