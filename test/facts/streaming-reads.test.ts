import { describe, expect, it } from "vitest";
import { MINORS } from "../../facts/mastodon/minors.ts";

describe.each(MINORS)("what streaming of Mastodon $minor may read", ({ streamingReads }) => {
  it("is eleven tables and 33 columns: one more is private data, one less is a socket that fails", () => {
    expect(Object.keys(streamingReads)).toHaveLength(11);
    expect(Object.values(streamingReads).flat()).toHaveLength(33);
  });

  it("holds no key, no password and no post", () => {
    const columns = Object.entries(streamingReads).flatMap(([table, names]) =>
      names.map((column) => `${table}.${column}`),
    );
    expect(
      columns.filter((name) => /password|private_key|otp|secret|statuses/u.test(name)),
    ).toEqual([]);
    expect(new Set(columns).size).toBe(columns.length);
  });
});
