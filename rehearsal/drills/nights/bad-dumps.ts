import { partsOf, stampOf, timeOf } from "../../../domain/backup/names.ts";
import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import { loseDatabase } from "../../clouds/mishaps.ts";
import { nameOf } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { queryAsWeb } from "../live.ts";
import { putDump, removeDump, storeDump, type StoredDump } from "../restore-dump.ts";
import { partsOfDatabases, servingNumber } from "./database-names.ts";
import type { Night } from "./night.ts";

/**
 * A unique index of Mastodon's (`db/schema.rb`). If a system update has spoiled it, rows get in
 * that are there twice (docs.joinmastodon.org/admin/troubleshooting/index-corruption/).
 */
const INDEX = "index_accounts_on_username_and_domain_lower";
/** The account that is there twice, and the id of its second row. */
const TWICE = { id: 1_001, second: 9_001 };
/** The major of a Postgres before that of this stack. */
const OTHER_MAJOR = "16.9";

/** The database is lost, and only the fourth dump is a good one. */
export const badDumps: Night = {
  number: 15,
  title: "the database is gone, and the newest three dumps are bad",
  run: async (operator) => {
    const { rehearsal } = operator;
    const number = await servingNumber(rehearsal);
    await queryAsWeb(
      rehearsal,
      `CREATE UNIQUE INDEX IF NOT EXISTS ${INDEX} ON accounts (lower(username), COALESCE(lower(domain), ''))`,
    );
    const good = await storeDump(rehearsal);
    const twice = await dumpWithDuplicates(rehearsal);
    const major = later(good, twice, 1);
    putDump(rehearsal, major, { manifest: { server: OTHER_MAJOR } });
    const cut = later(good, twice, 2);
    putDump(rehearsal, cut, { body: cut.body.subarray(0, cut.body.length - 1_000) });
    await loseDatabase(rehearsal.world);
    const said = await operator.rebuilt("database");
    for (const dump of [cut, major, twice]) removeDump(rehearsal, dump);
    const [cutAt, majorAt, twiceAt, goodAt] = [cut, major, twice, good].map(
      ({ manifest: { object } }) => object.replaceAll(".", String.raw`\.`),
    );
    operator.check(
      "each bad dump is refused with its reason, two of them before anything is made, and the fourth is taken",
      [
        `Refused: ${cutAt}: its object has \\d+ bytes, and its manifest says \\d+`,
        `Refused: ${majorAt}: .*dumped from Postgres ${OTHER_MAJOR}`,
        `Taken: ${twiceAt},`,
        `Refused by the restore: ${twiceAt}\\. Taken instead: ${goodAt}, of `,
      ]
        .filter((words) => !new RegExp(words, "u").test(said))
        .map((words) => `not said: ${words}; but ${said}`),
      said.split("\n").find((line) => line.startsWith("Refused by the restore")) ?? "",
    );
    const [refused, ...after] = operator.updates;
    operator.check(
      "the third is found by the restore alone, and the next one goes into the same new cluster",
      [
        ...(refused?.failure === undefined ? ["the first update went through"] : []),
        ...(refused?.steps ?? [])
          .filter(({ failed, urn }) => failed && nameOf(urn) !== "restore")
          .map(({ urn }) => `${nameOf(urn)} failed, too`),
        ...(after.length === 2 ? [] : [`${after.length} updates after it`]),
        ...after.flatMap(({ steps }) =>
          steps
            .filter(({ op, type }) => type === DATABASE && /create|replace|delete/u.test(op))
            .map(({ op, urn }) => `${op} ${nameOf(urn)} once more`),
        ),
      ],
      `${operator.updates.length} updates`,
    );
    return {
      lost: "what was written after the fourth dump: here nothing",
      decided: "two by size and manifest; the third had rows twice, which its unique index refused",
      differs: { replaced: partsOfDatabases(number, number + 1) },
    };
  },
};

/** The same dump under a time after another one's, minutes. */
function later({ manifest, ...dump }: StoredDump, after: StoredDump, minutes: number): StoredDump {
  const { stamp = "" } = partsOf(after.manifest.object) ?? {};
  const time = new Date((timeOf(stamp)?.getTime() ?? 0) + minutes * 60_000);
  const object = after.manifest.object.replace(stamp, stampOf(time));
  return { ...dump, manifest: { ...manifest, object, begun: time.toISOString() } };
}

/**
 * Dumps the database while an account is there twice, as behind an index that is spoiled. The
 * second row then goes away again.
 */
async function dumpWithDuplicates(rehearsal: Rehearsal): Promise<StoredDump> {
  const { databases } = rehearsal;
  // An index that is not ready gets no entry of a new row, and refuses none.
  const ready = (is: boolean): Promise<unknown> =>
    databases.asAgent(
      `UPDATE pg_index SET indisready = ${is} WHERE indexrelid = '${INDEX}'::regclass`,
    );
  await ready(false);
  await databases.asAgent(
    `INSERT INTO accounts (id, username, domain, uri, created_at) SELECT ${TWICE.second}, username, domain, uri, created_at FROM accounts WHERE id = ${TWICE.id}`,
  );
  await ready(true);
  try {
    return await storeDump(rehearsal);
  } finally {
    await databases.asAgent(`DELETE FROM accounts WHERE id = ${TWICE.second}`);
  }
}
