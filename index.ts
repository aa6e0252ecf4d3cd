import { readStack } from "./config/load.ts";
import { refuseImpossibleChanges } from "./config/running.ts";
import { createStack, type StackOutputs } from "./stack.ts";

/**
 * What `pulumi up` runs, and what a rehearsal hands to the Automation API, which wants a promise. A function, so that importing this
 * file registers nothing; the only export, since the SDK refuses an entry with both kinds.
 */
export default async function program(): Promise<StackOutputs> {
  const { config, secrets } = readStack();
  await refuseImpossibleChanges(config);
  return createStack(config, secrets);
}
