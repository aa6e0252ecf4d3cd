import { describe, expect, it } from "vitest";
import { factsOf, MINORS } from "../../facts/mastodon/minors.ts";

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

describe("a release of a minor that nobody wrote down", () => {
  it("is refused in one sentence that names what asks for it, and what may be asked for instead", () => {
    const sentence =
      "Mastodon v4.8.0 is of 4.8, and there is no facts/mastodon/4.8.ts: its queues, variables and paths would be guessed. Take a release of 4.6 or 4.7, or write that file.";
    expect(() => factsOf("v4.8.0")).toThrow(`config/images.ts: ${sentence}`);
    expect(() => factsOf("v4.8.0", "mastodon:fork.release")).toThrow(
      `mastodon:fork.release: ${sentence}`,
    );
  });

  it.each(["v4.6.0", "v4.6.9", "4.6.5-glitch"])("is not %s", (release) => {
    expect(factsOf(release).minor).toBe("4.6");
  });
});
