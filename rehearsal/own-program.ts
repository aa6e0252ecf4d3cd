import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OwnProgram } from "../ops/adopt/own-program.ts";
import { openCluster } from "../ops/adopt/in-cluster.ts";

/** The program's own plan and its cluster's API, for an operator's command at a terminal. */
export const OWN_PROGRAM: OwnProgram = {
  cluster: openCluster,
  // Imported late: the SDKs of a plan are megabytes of JavaScript, and few commands need a plan.
  plan: async (stack, cwd) => {
    const { stackPlan } = await import("./plan/state-plan.ts");
    return await stackPlan(stack, await readFile(join(cwd, `Pulumi.${stack}.yaml`), "utf8"));
  },
};
