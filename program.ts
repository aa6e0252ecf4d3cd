import type { Images } from "./config/images.ts";
import { readStack } from "./config/load.ts";
import { nextRelease } from "./config/running.ts";
import { createStack, type StackOutputs } from "./stack.ts";

/** The program of a stack that deploys these images: those of `config/images.ts`, or, in a rehearsal, another release's. */
export async function runStack(images: Images): Promise<StackOutputs> {
  const { config, secrets } = readStack();
  return createStack(config, secrets, await nextRelease(config, images));
}
