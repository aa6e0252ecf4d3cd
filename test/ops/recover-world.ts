import { expect } from "vitest";
import { openClouds, type Clouds } from "../../ops/recover/clouds.ts";
import { runRecover } from "../../ops/recover/command.ts";
import type { RecoverWorld } from "../../ops/recover/world.ts";
import type { StackExport } from "../../ops/recover/state.ts";
import type { RunPulumi } from "../../ops/secrets/pulumi.ts";
import type { RestFaces } from "../../rehearsal/clouds/rest/open.ts";

/**
 * World of `npm run recover` without an operator, over simulated clouds with short timeouts.
 * @param given overrides parts of it.
 */
export function recoverWorld(
  rest: RestFaces,
  given: Pick<RecoverWorld, "say" | "pulumi"> & Partial<RecoverWorld>,
): RecoverWorld {
  return {
    confirm: () => Promise.resolve(undefined),
    now: () => new Date("2026-11-28T12:00:00.000Z"),
    cwd: ".",
    judge: () => Promise.resolve({ ended: false, words: "Only that host can tell." }),
    wait: () => Promise.resolve(),
    clouds: () => cloudsAt(rest),
    ...given,
  };
}

/** A state that the command reads and writes. */
interface StateAccess {
  readonly state: () => StackExport;
  readonly write: (state: StackExport) => void;
}

/** Runs `npm run recover` in such a world, with this state. */
export async function recoverOver(
  rest: RestFaces,
  args: readonly string[],
  { state, write, ...given }: StateAccess & Pick<RecoverWorld, "say"> & Partial<RecoverWorld>,
): Promise<boolean> {
  const cli = stateCli(state, write);
  return await runRecover(args, recoverWorld(rest, { pulumi: () => cli, ...given }));
}

/** Runs `recover --yes` over a state that it must not write. Returns its success and its words. */
export async function recoverUnwritten(
  rest: RestFaces,
  state: StackExport,
  program: RecoverWorld["program"],
): Promise<{ readonly well: boolean; readonly said: string }> {
  let said = "";
  // Its other parts would take the place of this world's.
  const commands = program && { plan: program.plan, cluster: program.cluster };
  const well = await recoverOver(rest, ["--yes"], {
    state: () => state,
    write: () => expect.unreachable("the state is written"),
    say: (text) => (said += `${text}\n`),
    ...(commands && { program: commands }),
  });
  return { well, said };
}

/** Official clients of both clouds for the simulated ones, which may be silent for that time. */
export async function cloudsAt(
  { digitaloceanUrl, cloudflareUrl }: RestFaces,
  limitMs = 2_000,
): Promise<Clouds> {
  return await openClouds({
    digitaloceanToken: "any",
    cloudflareToken: "t".repeat(40),
    digitaloceanUrl,
    cloudflareUrl,
    patience: { limitMs, pauseMs: 1 },
  });
}

/** A clock that advances only in the pauses of the command. */
export function pausedClock(during: () => void): Pick<RecoverWorld, "now" | "wait"> {
  let now = Date.parse("2026-11-28T12:00:00.000Z");
  return {
    now: () => new Date(now),
    wait: (milliseconds) => {
      now += milliseconds;
      during();
      return Promise.resolve();
    },
  };
}

/**
 * Pulumi's commands that read and write a state.
 * @param locked its refusal because of a lock. Default: there is no lock.
 */
export function stateCli(
  state: () => StackExport,
  write: (state: StackExport) => void,
  locked: () => string | undefined = () => undefined,
): RunPulumi {
  return (command, input) => {
    if (command[1] === "export") return Promise.resolve(JSON.stringify(state()));
    if (command[1] === "rename" || locked() !== undefined)
      return Promise.reject(new Error(locked() ?? "a stack named prod already exists"));
    write(JSON.parse(input ?? "") as StackExport);
    return Promise.resolve("");
  };
}
