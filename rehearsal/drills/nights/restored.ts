import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loseDatabase } from "../../clouds/mishaps.ts";
import type { Phase } from "../../phases.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { runBackup, saidBy } from "../backup/run.ts";
import { giveRecipient } from "../dump-key.ts";
import { rehearsalOf, type DrillContext } from "../setup.ts";
import { refusedMerge } from "./database.ts";
import type { Night } from "./night.ts";

/** Nights that only a dump ends. */

/** The operator's age identity, outside the stack. */
const identityFile = ({ directory }: Rehearsal): string => join(directory, "age-identity");

/** Lets the server make dumps from its first day: its recipient stands in the stack file. */
export function dumpsPhase(context: DrillContext): Phase {
  return {
    title: "recipient of the dumps",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { identity } = await giveRecipient(rehearsal);
      await writeFile(identityFile(rehearsal), `${identity}\n`, { mode: 0o600 });
      return "in the stack file; its identity is in no cloud";
    },
  };
}

const gone: Night = {
  number: 4,
  title: "the database is gone for good",
  run: async (operator) => {
    const { rehearsal } = operator;
    const dumped = await runBackup(rehearsal);
    operator.check(
      "the live CronJob dumps the database before the night",
      dumped.manifest === undefined ? [saidBy(dumped)] : [],
      `${dumped.manifest?.bytes} bytes`,
    );
    await loseDatabase(rehearsal.world);
    await refusedMerge(operator);
    await operator.rebuilt("database", "--identity", identityFile(rehearsal));
    return {
      lost: "what was written after the dump: here nothing",
      decided: "no fork outlives its cluster, so the newest good dump is taken",
      differs: {
        replaced: ["cluster", "application", "database"].flatMap((part) => [
          `postgres-${part}`,
          `postgres-2-${part}`,
        ]),
      },
    };
  },
};

/** Nights that only a dump ends. */
export const RESTORED_NIGHTS: readonly Night[] = [gone];
