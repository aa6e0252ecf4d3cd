import { closeTunnel, endKeys } from "../../recover/fence.ts";
import { read, type Clouds, type Json } from "../../recover/clouds.ts";
import { ask, reasonOf } from "../../recover/presence.ts";
import { readExport } from "../../recover/state.ts";
import { keysOf, withoutDigitalOcean } from "../../recover/taken-out.ts";
import { tunnelOf } from "../../recover/tunnel.ts";
import { nightOf } from "../night.ts";
import type { NightAtWork, NightPlan, PlanContext, WorkStep } from "../plan.ts";
import { CALLS, EVERYTHING_STEPS } from "../times.ts";
import { dumpPlan } from "./dump.ts";
import { leaving } from "./forget.ts";
import { anotherNight } from "./refusal.ts";

/**
 * DigitalOcean has closed the account. Everything there is made in another account, with the data
 * of a dump. Nothing shows that an account is closed: to another account's token every id answers
 * 404. So this night is never named by a diagnosis, only by an operator.
 */

/** The plan of the night. @throws Error in a sentence if the account is there. */
export async function accountPlan(context: PlanContext): Promise<NightPlan> {
  const { facts, world, open } = context;
  const { state, token } = facts;
  if (open === undefined) {
    if (state.word !== "there" || state.pending + state.locks.length > 0)
      throw new Error(anotherNight(nightOf(facts)));
    if (token.word === "there")
      throw new Error(
        "This token sees the stack's network at DigitalOcean, so the account is not closed. Nothing was changed. Run `npm run rebuild`: it names the night.",
      );
    await refuseUnlessEmpty(await world.clouds());
  }
  const plan = await dumpPlan("account", context, {
    before: [fenced, leaving(withoutDigitalOcean)],
    lines: EVERYTHING_STEPS,
  });
  return {
    ...plan,
    lost: `${plan.lost}; jobs that waited, and feeds, which are built again`,
    cost: "as before, in the new account",
  };
}

/**
 * The new account must accept its token, and hold no network of such a stack. With one it may be
 * the old account, whose database a dump must not replace.
 */
async function refuseUnlessEmpty({ digitalocean, patience }: Clouds): Promise<void> {
  const answer = await ask(() => read(digitalocean.vpcs), patience);
  if (answer.kind !== "value")
    throw new Error(
      `Whether the new account accepts this token is not known: ${reasonOf(answer)}. Nothing was changed. Export the new account's token, and run this again.`,
    );
  const names = ((answer.value?.vpcs ?? []) as readonly Json[]).map(({ name }) => String(name));
  const ours = names.find((name) => /^network-vpc-[0-9a-f]{7}$/u.test(name));
  if (ours !== undefined)
    throw new Error(
      `The account of this token has a network ${ours}, so it is not empty. Nothing was changed. If it is this stack's: npm run rebuild -- state. If it is another stack's, take an account of its own.`,
    );
}

/** The old world may live on in an account that only we can't reach. */
const fenced: WorkStep = {
  key: "fence",
  lines: [CALLS.fence],
  run: async ({ options, world }: NightAtWork) => {
    const { stack, cwd } = options;
    const text = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
    const { resources = [] } = readExport(text).deployment;
    const clouds = await world.clouds();
    await closeTunnel(tunnelOf(resources, stack), options, clouds, world);
    await endKeys(keysOf(resources), clouds);
  },
};
