import { mkdir } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ControlPlanes } from "../kubernetes/backend.ts";
import { Processes } from "../processes.ts";
import { enclose, enclosedFile, type Enclosed } from "./enclosure.ts";
import { realGround, type NodeTools } from "./ground.ts";
import { WORLD_FOLDER } from "./world-namespace.ts";

/** Text that the bare world prints when its nodes are Ready. */
export const STANDS = "two nodes stand";

/**
 * A world that contains only a cluster of two real nodes. It prints a line when they are Ready, and
 * stays until its standard input closes. With this short run every way of ending can be tested.
 */
async function runBareWorld(): Promise<void> {
  const { tools, cgroups } = JSON.parse(
    readFileSync(enclosedFile() ?? "", "utf8"),
  ) as Enclosed<NodeTools>;
  const processes = new Processes();
  const directory = join(WORLD_FOLDER, "bare");
  await mkdir(directory);
  const surroundings = {
    directory,
    processes,
    trustStore: () => Promise.resolve(""),
    hosts: () => new Map<string, string>(),
  };
  const clusters = new ControlPlanes({
    binary: tools.kubernetes,
    directory: join(directory, "kubernetes"),
    processes,
    ground: realGround({ tools, cgroups }, surroundings),
  });
  await clusters.create("bare");
  await clusters.addNodes("bare", [nodeOf(1), nodeOf(2)]);
  console.log(STANDS);
  await new Promise((resolve) => process.stdin.once("end", resolve).resume());
  await clusters.stopAll();
  await processes.stopAll();
}

function nodeOf(number: number) {
  return {
    ...{ name: `bare-${number}`, size: "s-2vcpu-4gb", region: "fra1", version: "1.35.1-do.6" },
    ...{ poolName: "bare", poolId: "bare", nodeId: `bare-${number}`, dropletId: number },
    ...{ labels: {}, taints: [] },
  };
}

/** Outside, the only argument is the tools as JSON; inside there is none. */
async function main(): Promise<number> {
  const [, program = "", given] = process.argv;
  if (given === undefined) {
    await runBareWorld();
    return 0;
  }
  const tools = JSON.parse(given) as NodeTools;
  return await enclose([process.execPath, program], tools.debian, tools);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await main());
