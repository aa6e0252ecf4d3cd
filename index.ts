import { IMAGES } from "./config/images.ts";
import { runStack } from "./program.ts";
import type { StackOutputs } from "./stack/stack.ts";

/**
 * What `pulumi up` runs, and what a rehearsal hands to the Automation API, which wants a promise. A function, so that importing this
 * file registers nothing; the only export, since the SDK refuses an entry with both kinds.
 */
export default async function program(): Promise<StackOutputs> {
  return await runStack(IMAGES);
}
