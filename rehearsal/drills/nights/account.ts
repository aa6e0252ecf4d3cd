import { connectorsOf } from "../../clouds/cloudflare/connectors.ts";
import { TUNNEL } from "../../clouds/cloudflare/tunnel.ts";
import { closeAccount } from "../../clouds/mishaps.ts";
import type { World } from "../../clouds/world.ts";
import { powerless, powerOf, wordsOf } from "../fence-power.ts";
import { endElsewhere } from "./elsewhere.ts";
import type { Night } from "./night.ts";
import type { Operator } from "./operator.ts";
import { stepsBeside } from "./refusals.ts";

/** DigitalOcean has closed the account. The operator has the token of another, empty one. */
export const accountClosed: Night = {
  number: 10,
  title: "DigitalOcean has closed the account",
  run: async (operator) => {
    const { rehearsal } = operator;
    const ending = await endElsewhere(operator, async ({ world: old, cluster }) => {
      await closeAccount(rehearsal.world);
      await noLoss(operator);
      const stays = connectors(rehearsal.world);
      await operator.rebuilt("account");
      const power = await powerOf(rehearsal, cluster, old);
      operator.check(
        "what may still run in the closed account is shut out: its connectors, its key to the media",
        [...(stays > 0 ? [] : ["nothing was connected before"]), ...powerless(power)],
        wordsOf(power),
      );
    });
    return {
      ...ending,
      decided: "nothing shows that an account is closed, so its operator names the night",
    };
  },
};

/** To another account's token every id answers 404. No one may take that for a loss. */
async function noLoss(operator: Operator): Promise<void> {
  const { said } = await operator.rebuild();
  const preview = await operator.preview();
  operator.check(
    "the empty account's 404s are no loss: the command alone asks for the right token, and a preview makes nothing",
    [
      ...(/This is the night/u.test(said) ? [said] : []),
      ...(said.includes("npm run rebuild -- account") ? [] : [said]),
      ...(preview.failure === undefined ? ["the preview went on"] : []),
      ...stepsBeside(preview),
    ],
    said.split("\n").find((line) => line.includes("can't be asked")) ?? "",
  );
}

function connectors(world: World): number {
  return world.find(TUNNEL).flatMap(({ id }) => connectorsOf(world, id)).length;
}
