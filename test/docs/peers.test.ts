import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { StackConfigSchema } from "../../config/schema.ts";
import { nodeOf, type SchemaNode } from "../../config/describe.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${ROOT}docs/peers.md`, "utf8");
const rows = [...page.matchAll(/^\| +(\d+) +\| (.+?) +\| (.+?) +\|$/gmu)].map(
  ([, number, what, here]) => ({ number: Number(number), what: what!, here: here! }),
);

/** Names of Mastodon's, not of this project. */
const THEIRS = ["database.yml", "fasp"];

const SCHEMA = nodeOf(StackConfigSchema);

/** Whether the schema has this key, also in lists. */
function isKey(name: string): boolean {
  return (
    name
      .split(".")
      .reduce<SchemaNode | undefined>(
        (node, key) => (node?.items ?? node)?.properties?.[key],
        SCHEMA,
      ) !== undefined
  );
}

function isCommand(name: string): boolean {
  const [, run] = /^npm (?:run )?([\w:-]+)$/u.exec(name) ?? [];
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  return run !== undefined && Object.hasOwn(scripts, run);
}

test("each of the 135 has its line, in order", () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 135 }, (_, at) => at + 1));
});

test("every file, key and command that the page names exists: an answer that is gone is worse than none", () => {
  const named = [...page.matchAll(/`([^`]+)`/gu)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(100);
  const unknown = named.filter(
    (name) =>
      !THEIRS.includes(name) && !isKey(name) && !isCommand(name) && !existsSync(ROOT + name),
  );
  expect(unknown).toEqual([]);
});
