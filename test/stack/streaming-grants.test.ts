import { describe, expect, test } from "vitest";
import { MINORS } from "../../facts/mastodon/minors.ts";
import { streamingGrantsScript } from "../../k8s/streaming-grants-script.ts";

/** `rehearsal/checks/streaming-reads.ts` checks the SQL's effects in a real Postgres. */
describe.each(MINORS.map((facts) => [facts.minor, facts.streamingReads] as const))(
  "streaming of %s",
  (_minor, reads) => {
    const script = streamingGrantsScript(reads);
    const columns = Object.entries(reads).flatMap(([table, names]) =>
      names.map((name) => `${table}.${name}`),
    );

    test("is granted each column that it reads, and no other: one too many opens private data to what faces the Internet", () => {
      const granted = [...script.matchAll(/GRANT (.*) ON public\."(\w+)" TO :"streaming";/gu)];
      expect(
        granted.flatMap(([, rights = "", table]) =>
          [...rights.matchAll(/"(\w+)"/gu)].map(([, column]) => `${table}.${column}`),
        ),
      ).toEqual(columns);
      // No permission on whole tables, and only reads.
      for (const [, rights] of granted) expect(rights).toMatch(/^SELECT \(/u);
    });

    test("loses what it had in the transaction that gives it this: a query between would be refused", () => {
      const [inside = ""] = /BEGIN;.*?COMMIT;/su.exec(script) ?? [];
      expect(inside).toMatch(/ALTER DEFAULT PRIVILEGES .* REVOKE ALL ON TABLES/u);
      expect(inside.indexOf("REVOKE ALL ON TABLE %s")).toBeGreaterThan(0);
      expect(inside.indexOf("GRANT SELECT (")).toBeGreaterThan(inside.indexOf("\\gexec"));
      expect(script.match(/GRANT SELECT/gu)).toHaveLength(Object.keys(reads).length);
    });

    test("asks for each of them itself before the rollout, and says nothing of a password", () => {
      for (const [table, names] of Object.entries(reads))
        expect(script).toContain(
          `SELECT ${names.map((name) => `"${name}"`).join(", ")} FROM public."${table}" LIMIT 0;`,
        );
      expect(script.match(/PASSWORD/gu)).toHaveLength(2);
      expect(script).toContain('PGPASSWORD="$STREAMING_PASSWORD"');
    });
  },
);

test("a minor grants all that the one before reads: its pods still read while the new ones come", () => {
  for (const [at, { minor, streamingReads }] of MINORS.entries())
    for (const [table, names] of Object.entries(MINORS[at - 1]?.streamingReads ?? {}))
      expect(
        (streamingReads as Readonly<Record<string, readonly string[]>>)[table],
        `${table} in ${minor}: grant both in k8s/streaming-grants-script.ts while it rolls out`,
      ).toEqual(expect.arrayContaining([...names]));
});
