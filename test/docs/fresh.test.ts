import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GENERATED } from "../../ops/docs/generated.ts";

test.each(GENERATED)(
  "$path is what the code says: a stale page sends somebody the wrong way",
  async ({ path, generate }) => {
    const committed = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
    expect(await generate(committed), "run `npm run docs`").toBe(committed);
  },
);
