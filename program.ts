import type { Images } from "./config/images.ts";
import { readStack } from "./config/load.ts";
import { lastRunning, nextRelease } from "./config/running.ts";
import { lookAround } from "./look.ts";
import { createStack, type StackOutputs } from "./stack.ts";

/** The program of a stack that deploys these images: those of `config/images.ts`, or, in a rehearsal, another release's. */
export async function runStack(images: Images): Promise<StackOutputs> {
  const { config, secrets } = readStack(images);
  const running = await lastRunning();
  const release = nextRelease(running, config, images);
  return createStack(config, secrets, release, await lookAround(config, running));
}
