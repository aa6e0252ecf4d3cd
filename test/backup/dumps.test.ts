import { expect, test } from "vitest";
import { dumpsIn } from "../../ops/backup/dumps.ts";
import { MANIFEST } from "./sample.ts";

const STAMP = "20261122T010000Z";

test("a copy that outlived the first folder names itself: a restore would ask for an object that is deleted", async () => {
  const object = `weekly/prod/${STAMP}.dump.age`;
  const manifest = JSON.stringify({ ...MANIFEST, object: `dumps/prod/${STAMP}.dump.age` });
  const objects = new Map([
    [object, "x".repeat(7)],
    [`weekly/prod/${STAMP}.json`, manifest],
  ]);
  const dumps = await dumpsIn(
    {
      list: (prefix) =>
        Promise.resolve(
          [...objects]
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, text]) => ({ key, modified: new Date(), bytes: text.length })),
        ),
      read: (key) => Promise.resolve(objects.get(key)!),
    },
    "prod",
  );
  expect(dumps).toEqual([expect.objectContaining({ bytes: 7, manifest: { ...MANIFEST, object } })]);
});
