import { Refusal } from "../../domain/fault.ts";
import { pluginFaults, type PluginKind } from "../engine/cloud-plugins.ts";
import { readMachine } from "./facts.ts";
import { fetchAhead } from "../build/go-program.ts";
import { estimateLines } from "./estimate.ts";
import { machineFaults } from "./faults.ts";
import { RECIPES } from "./find-parts.ts";
import type { Ground } from "./parts.ts";

/**
 * Checks this machine before anything is downloaded, built or started; prints what will be, and
 * starts the downloads.
 * @throws Refusal with everything that the drill needs and the machine does not have.
 */
export async function mustBeAble(
  drill: string,
  ground: Ground,
  plugins: PluginKind,
): Promise<void> {
  const typed = process.argv.slice(2).join(" ") || drill;
  const machine = await readMachine(ground);
  const faults = [
    ...machineFaults(machine, { typed, ground }),
    ...(plugins === "real" ? pluginFaults(process.env) : []),
  ];
  if (faults.length > 0)
    throw new Refusal(`This machine can't run the drill ${drill} yet; nothing was changed`, faults);
  for (const line of estimateLines(machine, ground)) console.log(line);
  // If it is reachable, Pulumi's installer provides the engine, which then needs no modules.
  const later = machine.missing.filter((part) => part !== "engine");
  void Promise.all(later.flatMap((part) => RECIPES[part]?.() ?? [])).then(fetchAhead);
}
