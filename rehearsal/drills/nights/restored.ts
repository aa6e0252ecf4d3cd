import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loseDatabase } from "../../clouds/mishaps.ts";
import type { Phase } from "../../phases.ts";
import { giveRecipient } from "../dump-key.ts";
import { rehearsalOf, type DrillContext } from "../setup.ts";
import { badDumps } from "./bad-dumps.ts";
import { refusedMerge } from "./database.ts";
import { partsOfDatabases, servingNumber } from "./database-names.ts";
import { dumpBefore } from "./elsewhere.ts";
import type { Night } from "./night.ts";
import { accountClosed } from "./account.ts";
import { regionDown } from "./region.ts";
import { WRONG_ROWS } from "./wrong-rows.ts";

/** Nights that only a dump ends. */

/** Lets the server make dumps from its first day: its recipient stands in the stack file. */
export function dumpsPhase(context: DrillContext): Phase {
  return {
    title: "recipient of the dumps",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { identity } = await giveRecipient(rehearsal);
      const file = join(rehearsal.directory, "age-identity");
      await writeFile(file, `${identity}\n`, { mode: 0o600 });
      process.env["BACKUP_IDENTITY_FILE"] = file;
      return "in the stack file; its identity is in no cloud";
    },
  };
}

const gone: Night = {
  number: 4,
  title: "the database is gone for good",
  run: async (operator) => {
    const { rehearsal } = operator;
    const number = await servingNumber(rehearsal);
    await dumpBefore(operator);
    await loseDatabase(rehearsal.world);
    await refusedMerge(operator);
    await operator.rebuilt("database");
    return {
      lost: "what was written after the dump: here nothing",
      decided: "no fork outlives its cluster, so the newest good dump is taken",
      differs: { replaced: partsOfDatabases(number, number + 1) },
    };
  },
};

/** Nights that only a dump ends. */
export const RESTORED_NIGHTS: readonly Night[] = [
  gone,
  badDumps,
  ...WRONG_ROWS,
  regionDown,
  accountClosed,
];
