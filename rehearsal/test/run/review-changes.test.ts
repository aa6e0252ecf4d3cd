import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { IMAGES } from "../../../config/images.ts";
import { readConfig } from "../../../input/stack-text.ts";
import { stackTextOf } from "../../../ops/stack-file/texts.ts";
import { readyToRehearse, withUnpinnedImages } from "../../../plan/stack-file.ts";
import type { Proposal } from "../../drills/review/change.ts";
import { CHANGES } from "../../drills/review/changes.ts";
import { OTHER_PARTS } from "../../drills/review/other-parts.ts";

/** Each table, the changes in it that the configuration refuses, and those that need a world. */
const TABLES = [
  {
    table: CHANGES,
    refused: ["queue-dropped", "above-the-budget", "profile-below-its-budget"],
    outside: ["cluster-changed-by-hand", "lost-valkey-made-anew", "lost-database"],
  },
  {
    table: OTHER_PARTS,
    refused: ["postgres-smaller", "valkey-smaller", "web-workers", "web-domain-changed"],
    outside: ["web-deleted-by-hand", "record-deleted-by-hand"],
  },
];

test("each proposed change is of its own name: a second one would write over the reports of the first", () => {
  const names = [...CHANGES, ...OTHER_PARTS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(TABLES)(
  "a change that is meant to be merged is not refused by the configuration: it would prove nothing (%#)",
  async ({ table, refused: expected, outside }) => {
    let text = withUnpinnedImages(readyToRehearse(await readFile("Pulumi.prod.yaml", "utf8")));
    const refused: string[] = [];
    for (const { name, propose } of table.filter((change) => !outside.includes(change.name))) {
      const document = parseDocument(text);
      const stack = {
        secretsCommand: () => Promise.resolve(true),
        giveSecrets: () => Promise.resolve(),
      };
      await propose?.({
        rehearsal: { stack } as unknown as Proposal["rehearsal"],
        images: IMAGES,
        edit: (edit) => Promise.resolve(edit(document)),
        deploy: () => undefined,
        run: () => undefined,
      });
      const wanted = document.toString({ lineWidth: 0 });
      try {
        readConfig(stackTextOf(wanted, "Pulumi.prod.yaml"));
        text = wanted;
      } catch {
        refused.push(name);
      }
    }
    expect(refused).toEqual(expected);
  },
);
