import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openCluster } from "../ops/adopt/in-cluster.ts";
import { confirmAtTerminal, endingInASentence } from "../ops/command-line.ts";
import { terminalWorld } from "../ops/recover/command.ts";
import { runState } from "../ops/state/command.ts";
import { placeWorld } from "../ops/state/place.ts";

/** `npm run state`: see docs/operate.md, "The state is lost". Exit status 1 if work is left. */

await endingInASentence(async () => {
  const world = {
    ...terminalWorld(confirmAtTerminal),
    ...placeWorld(process.env),
    cluster: openCluster,
    // The SDKs of a plan are megabytes of JavaScript, and few commands make one.
    plan: async (stack: string, cwd: string) => {
      const { stackPlan } = await import("./plan/state-plan.ts");
      return await stackPlan(stack, await readFile(join(cwd, `Pulumi.${stack}.yaml`), "utf8"));
    },
  };
  if (!(await runState(process.argv.slice(2), world))) process.exitCode = 1;
});
// A cloud that fell silent still holds its connection open.
process.exit();
