import { readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { loseCluster, loseTunnel } from "../../clouds/mishaps.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { randomOf, type CutOptions } from "../cut.ts";
import { Killer } from "./kills.ts";
import type { Night } from "./night.ts";
import type { Operator } from "./operator.ts";
import { STATE_FILE } from "./state.ts";

/** Nights whose command is killed at random moments, and typed again until it ends. */

/** A loss, and the part of the command that ends it. */
interface KilledPart {
  readonly number: number;
  readonly part: string;
  readonly title: string;
  readonly lose: (rehearsal: Rehearsal) => Promise<void> | void;
  readonly replaced?: readonly string[];
}

const PARTS: readonly KilledPart[] = [
  {
    number: 1,
    part: "cluster",
    title: "the cluster is deleted, and the command is killed",
    lose: ({ world }) => loseCluster(world),
  },
  {
    number: 12,
    part: "state",
    title: "the state's file is cut in half, and the command is killed",
    lose: async ({ directory }) => {
      const file = join(directory, "state", STATE_FILE);
      await truncate(file, Math.floor((await readFile(file)).length / 2));
    },
  },
  {
    number: 13,
    part: "edge",
    title: "the tunnel is deleted by hand, and the command is killed",
    lose: ({ world }) => loseTunnel(world),
    replaced: ["tunnel-tunnel"],
  },
];

/** Their numbers: each has a night of the same loss without a kill. */
export const KILLED_NUMBERS: readonly number[] = PARTS.map(({ number }) => number);

/** Moments of a command that no night has counted. */
const MOMENTS = 300;

/** The nights, with so many kills in all; none without a kill. */
export function killedNights({ kills, seed }: CutOptions): readonly Night[] {
  const random = randomOf(seed);
  return PARTS.map((part, at): readonly [KilledPart, number] => [
    part,
    Math.ceil((kills - at) / PARTS.length),
  ])
    .filter(([, times]) => times > 0)
    .map(([part, times]) => ({
      number: part.number,
      title: part.title,
      run: async (operator) => await killedNight(operator, part, times, random),
    }));
}

async function killedNight(
  operator: Operator,
  { part, lose, replaced = [] }: KilledPart,
  times: number,
  random: () => number,
): ReturnType<Night["run"]> {
  const { rehearsal } = operator;
  await lose(rehearsal);
  let left = operator.momentsOf(part) ?? MOMENTS;
  const moments: number[] = [];
  let isOver = false;
  for (let kill = 0; kill < times && !isOver; kill += 1) {
    // Each kill leaves moments for those after it.
    const at = 1 + Math.floor((random() * left) / (times - kill));
    left = Math.max(left - at, 1);
    const killer = new Killer(at, async () => await rehearsal.engine.kill());
    const { well } = await operator.rebuild([part], killer);
    if (killer.isDead) moments.push(at);
    isOver = well && !killer.isDead;
  }
  if (!isOver) await operator.rebuilt(part);
  operator.check(
    "the command was killed at random moments, and goes on where it was",
    moments.length === times ? [] : [`${moments.length} of ${times} kills`],
    `killed at moment ${moments.join(" and ")}`,
  );
  return {
    lost: "nothing",
    decided: "each step is noted, and what an update had made is adopted",
    differs: { replaced },
  };
}
