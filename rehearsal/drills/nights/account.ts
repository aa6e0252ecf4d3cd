import { connectorsOf } from "../../clouds/cloudflare/connectors.ts";
import { TUNNEL } from "../../clouds/cloudflare/tunnel.ts";
import { closeAccount } from "../../clouds/mishaps.ts";
import type { World } from "../../clouds/world.ts";
import { powerful, powerless, powerOf, wordsOf } from "../fence-power.ts";
import { ServingWorld } from "../fence-worlds.ts";
import { onlyCluster } from "../live.ts";
import { dumpBefore, madeElsewhere } from "./elsewhere.ts";
import type { Night } from "./night.ts";
import type { Operator } from "./operator.ts";
import { stepsBeside } from "./refusals.ts";
import { feedsAgain, waiting } from "./valkey.ts";

/** DigitalOcean has closed the account. The operator has the token of another, empty one. */
export const accountClosed: Night = {
  number: 10,
  title: "DigitalOcean has closed the account",
  run: async (operator) => {
    const { rehearsal } = operator;
    const { world } = rehearsal;
    await dumpBefore(operator);
    const made = await madeElsewhere(operator);
    const waited = await waiting(operator);
    const cluster = onlyCluster(rehearsal);
    const old = await ServingWorld.of(rehearsal, cluster, "closed", "203.0.113");
    try {
      const before = await powerOf(rehearsal, cluster, old);
      operator.check("the old cluster serves before the night", powerful(before), wordsOf(before));
      await closeAccount(world);
      await noLoss(operator);
      const stays = connectors(world);
      await operator.rebuilt("account");
      const power = await powerOf(rehearsal, cluster, old);
      operator.check(
        "what may still run in the closed account is shut out: its connectors, its key to the media",
        [...(stays > 0 ? [] : ["nothing was connected before"]), ...powerless(power)],
        wordsOf(power),
      );
    } finally {
      await old.close();
    }
    const { lost, ...ending } = await feedsAgain(operator, waited);
    return {
      lost: `what was written after the dump: here nothing; ${lost}`,
      decided: "nothing shows that an account is closed, so its operator names the night",
      differs: { ...ending.differs, ...made },
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
