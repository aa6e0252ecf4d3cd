import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openCluster } from "../../ops/adopt/in-cluster.ts";
import { openClouds } from "../../ops/recover/clouds.ts";
import { runRecover } from "../../ops/recover/command.ts";
import type { RecoverWorld } from "../../ops/recover/world.ts";
import { judgeHere } from "../../ops/recover/lock.ts";
import type { StateWorld } from "../../ops/state/command.ts";
import { placeWorld } from "../../ops/state/place.ts";
import { openRest, type RestFaces } from "../clouds/rest/open.ts";
import { stackPlan } from "../plan/state-plan.ts";
import type { Rehearsal } from "../rehearsal.ts";

/** Parts of a rehearsal that an operator's command uses. */
type Operated = Pick<Rehearsal, "stack" | "world" | "directory">;

/** Result of an operator's command. */
export interface Recovered {
  readonly well: boolean;
  /** Its whole output, and its last message. */
  readonly said: string;
}

/**
 * Runs `npm run recover -- …` on the rehearsed stack, with the simulated clouds' HTTP APIs.
 * @param disturb switches faults on first. Default: none.
 */
export async function recover(
  rehearsal: Operated,
  args: readonly string[],
  disturb?: (rest: RestFaces) => void,
): Promise<Recovered> {
  return await asOperator(rehearsal, (world) => runRecover(args, world), disturb);
}

/** Runs a command of `ops/` as the operator of the rehearsed stack types it. */
export async function asOperator(
  { stack, world, directory }: Operated,
  type: (world: RecoverWorld & StateWorld) => Promise<boolean>,
  disturb: (rest: RestFaces) => void = () => undefined,
): Promise<Recovered> {
  const rest = await openRest(world);
  disturb(rest);
  const { PATH = "" } = process.env;
  // The cluster's kubeconfig gets its credential from `doctl`.
  process.env["PATH"] = `${join(directory, "path")}${delimiter}${PATH}`;
  const program: Required<RecoverWorld>["program"] = {
    plan: async (name) => await stackPlan(name, await readFile(stack.stackFile, "utf8")),
    cluster: openCluster,
  };
  let said = "";
  try {
    const well = await type({
      say: (text) => (said += `${text}\n`),
      confirm: () => Promise.resolve(undefined),
      now: () => new Date(),
      pulumi: () => stack.pulumi,
      cwd: stack.folder,
      judge: judgeHere,
      // Jobs end in seconds here.
      wait: () => sleep(200),
      program,
      ...program,
      ...placeWorld({ PULUMI_BACKEND_URL: stack.stateUrl }),
      clouds: () =>
        openClouds({
          digitaloceanToken: "any",
          cloudflareToken: "t".repeat(40),
          digitaloceanUrl: rest.digitaloceanUrl,
          cloudflareUrl: rest.cloudflareUrl,
          patience: { pauseMs: 10 },
        }),
    });
    return { well, said };
  } catch (error) {
    return { well: false, said: said + (error instanceof Error ? error.message : String(error)) };
  } finally {
    process.env["PATH"] = PATH;
    await rest.close();
  }
}
