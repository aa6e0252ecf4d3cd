import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { IMAGES } from "../../../config/images.ts";
import { readConfig } from "../../../input/stack-text.ts";
import { stackTextOf } from "../../../ops/stack-file/texts.ts";
import { readyToRehearse, withUnpinnedImages } from "../../../plan/stack-file.ts";
import type { Proposal } from "../../drills/review/change.ts";
import { CHANGES } from "../../drills/review/changes.ts";

/** Changes that the configuration itself refuses. */
const REFUSED = ["queue-dropped", "above-the-budget", "profile-below-its-budget"];
/** Changes outside of the stack file, which need a world. */
const OUTSIDE = ["cluster-changed-by-hand", "lost-valkey-made-anew", "lost-database"];

test("each proposed change is of its own name: a second one would write over the reports of the first", () => {
  const names = CHANGES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("a change that is meant to be merged is not refused by the configuration: it would prove nothing", async () => {
  let text = withUnpinnedImages(readyToRehearse(await readFile("Pulumi.prod.yaml", "utf8")));
  const refused: string[] = [];
  for (const { name, propose } of CHANGES.filter((change) => !OUTSIDE.includes(change.name))) {
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
  expect(refused).toEqual(REFUSED);
});
