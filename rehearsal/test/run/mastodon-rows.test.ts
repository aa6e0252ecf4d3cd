import { expect, test } from "vitest";
import {
  indexStatements,
  postsOf,
  rowStatements,
  shapeStatements,
} from "../../data/mastodon-rows.ts";
import { SHAPES } from "../../data/mastodon-shape.ts";
import { TABLES_4_6 } from "../../pods/mastodon-tables.ts";

const columnsOf = (table: string): readonly string[] =>
  Object.values(SHAPES[table]!.columns).flatMap((names) => names.split(" "));

test("a table of the rehearsal that exists gets its real columns in place: made again, it would lose the grants of streaming", () => {
  const statements = shapeStatements(["accounts"]);
  expect(statements.filter((each) => each.startsWith("ALTER TABLE"))).toHaveLength(1);
  expect(statements.filter((each) => /^CREATE TABLE accounts /u.test(each))).toEqual([]);
  expect(statements).toHaveLength(Object.keys(SHAPES).length);
  // A column that the table lacks would fail only in a rehearsal.
  for (const table of ["accounts", "statuses", "users"]) {
    const made =
      new RegExp(`^CREATE TABLE ${table} \\((.*)\\);$`, "mu").exec(TABLES_4_6)?.[1] ?? "";
    for (const column of columnsOf(table)) expect(made).toContain(`"${column}" `);
  }
});

test("each row has a value in every column that is never null, or its size is not a server's", () => {
  const [table, shape] = Object.entries(SHAPES)[0]!;
  const [statement] = rowStatements(postsOf(20));
  const required = Object.entries(shape.columns)
    .filter(([type]) => type.endsWith("!"))
    .flatMap(([, names]) => names.split(" "));
  expect(statement).toMatch(new RegExp(`^INSERT INTO ${table} `, "u"));
  for (const column of required) expect(statement).toContain(`"${column}"`);
});

test("every index of the shape is made, with its uniqueness and its condition: a restore must bring back all", () => {
  const statements = indexStatements();
  expect(statements.length).toBe(
    Object.values(SHAPES).reduce((sum, { indexes }) => sum + Object.keys(indexes).length, 0),
  );
  expect(statements).toContain(
    "CREATE unique INDEX index_media_attachments_on_shortcode ON media_attachments USING btree (shortcode text_pattern_ops) WHERE (shortcode IS NOT NULL)",
  );
  expect(statements.filter((each) => each.includes("USING gin ("))).toHaveLength(1);
});
