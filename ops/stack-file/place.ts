import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StackConfig } from "../../config/schema.ts";
import { readConfig } from "../../input/stack-text.ts";
import { stackTextOf } from "./texts.ts";

/** A stack, as every command's options name it. */
export interface StackPlace {
  /** Its name as the operator types it: "prod", or "organisation/mastodon/prod". */
  readonly stack: string;
  /** The project's folder. */
  readonly cwd: string;
}

/** Path of a stack's file. */
export function stackFileOf({ stack, cwd }: StackPlace): string {
  return join(cwd, `Pulumi.${basename(stack)}.yaml`);
}

/** The configuration of a stack file. @throws Error in a sentence if there is none. */
export async function configOf(place: StackPlace): Promise<StackConfig> {
  const file = stackFileOf(place);
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(
      `There is no ${basename(file)} in ${place.cwd}. Nothing was changed. Run this in the project's folder, or name it by --cwd, and the stack by --stack.`,
    );
  });
  return readConfig(stackTextOf(text, basename(file)));
}
