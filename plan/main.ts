import { Command } from "commander";
import { readConfig } from "../input/stack-text.ts";
import { fromCommandLine } from "../ops/command-line.ts";
import { planConfig } from "./plan-stack.ts";
import { renderObjects } from "./render.ts";
import { stackText } from "./stack-file.ts";

/**
 * `npm run render`: the Kubernetes objects of a stack as YAML, secrets masked, nothing contacted.
 */
await fromCommandLine(
  new Command("npm run render --")
    .description("Prints the Kubernetes objects of a stack as YAML; secrets are masked.")
    .option("--stack <name>", "the stack", "prod")
    .action(async ({ stack }: { readonly stack: string }) => {
      const plan = await planConfig(() => readConfig(stackText(stack)));
      process.stdout.write(renderObjects(plan));
    }),
);
