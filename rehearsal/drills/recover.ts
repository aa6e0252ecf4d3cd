import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openClouds } from "../../ops/recover/clouds.ts";
import { runRecover } from "../../ops/recover/command.ts";
import { judgeHere } from "../../ops/recover/lock.ts";
import { openRest, type RestFaces } from "../clouds/rest/open.ts";
import type { Rehearsal } from "../rehearsal.ts";

/** Result of `npm run recover` as its operator sees it. */
export interface Recovered {
  readonly well: boolean;
  /** Everything that it printed, and the sentence that it ended in. */
  readonly said: string;
}

/**
 * Runs `npm run recover -- …` on the rehearsed stack, asking the simulated clouds over HTTP.
 * @param disturb switches faults on before it begins. Default: none.
 */
export async function recover(
  { stack, world, directory }: Rehearsal,
  args: readonly string[],
  disturb: (rest: RestFaces) => void = () => undefined,
): Promise<Recovered> {
  const rest = await openRest(world);
  disturb(rest);
  const { PATH = "" } = process.env;
  // The cluster's kubeconfig asks `doctl` for its credential.
  process.env["PATH"] = `${join(directory, "path")}${delimiter}${PATH}`;
  let said = "";
  try {
    const well = await runRecover(args, {
      say: (text) => (said += `${text}\n`),
      confirm: () => Promise.resolve(undefined),
      now: () => new Date(),
      pulumi: () => stack.pulumi,
      cwd: stack.folder,
      judge: judgeHere,
      // Jobs end in seconds here.
      wait: () => sleep(200),
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
