import { readStack } from "./config/load.ts";
import { createStack, type StackOutputs } from "./stack.ts";

/** What `pulumi up` runs. A function, so that importing this file registers nothing. */
export default function program(): StackOutputs {
  const { config, secrets } = readStack();
  return createStack(config, secrets);
}
