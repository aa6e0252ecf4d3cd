import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../input/parse.ts";
import { hasNoZone, isPlaceholder, placeholderFaults } from "../../domain/shipped.ts";
import { readyToRehearse } from "../../plan/stack-file.ts";
import { BASE, withValue } from "./base.ts";

const TEXT = readFileSync(new URL("../../Pulumi.prod.yaml", import.meta.url), "utf8");
const IDS = { accountId: "0".repeat(31) + "a", zoneId: "1".repeat(31) + "b" };

/** The plain keys of a stack file. */
function keysOf(text: string): Record<string, unknown> {
  const { config } = parse(text) as { readonly config: Readonly<Record<string, unknown>> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("mastodon:", ""), value]),
  );
}

describe("the committed stack file, while it is the template", () => {
  const shipped = keysOf(TEXT);
  // An operator's fork of this project has its own values there, and nothing to refuse.
  test.skipIf(!hasNoZone(parseConfig(shipped)))(
    "has a sentence for each value that nobody filled in, with its key and what goes there",
    () => {
      const config = parseConfig(shipped);
      expect(hasNoZone(config)).toBe(true);
      const faults = placeholderFaults(config);
      for (const key of [
        "domain",
        "webDomain",
        "alerts.emails",
        "cloudflare.accountId",
        "cloudflare.zoneId",
      ])
        expect(faults.filter((each) => each.startsWith(`mastodon:${key} is `)).length).toBe(1);
      expect(faults.length).toBe(5);
      for (const each of faults) expect(each).toMatch(/, as in an example\. (Put|Take) /u);
    },
  );

  test("is given ids for a rehearsal, and nothing else is changed in it", () => {
    const ready = keysOf(readyToRehearse(TEXT));
    expect(hasNoZone(parseConfig(ready))).toBe(false);
    expect({ ...ready, cloudflare: 0 }).toEqual({ ...keysOf(TEXT), cloudflare: 0 });
  });
});

describe("a name of an example", () => {
  const config = parseConfig({ ...BASE, cloudflare: IDS });

  test("is a placeholder in any other zone than an example's own", () => {
    expect(placeholderFaults(config, "mastodon-in.space").length).toBe(2);
    expect(placeholderFaults(config, "example.social")).toEqual([]);
  });

  test.each([
    ["domain", "fedi.example.org"],
    ["webDomain", "social.test"],
    ["alerts.emails", ["ops@example.social", "you@example.com"]],
    ["mail.from", "Example Social <hello@example.social>"],
    ["cloudflare.zoneId", "0123456789abcdef0123456789abcdef"],
  ])("is known in %s", (path, value) => {
    expect(isPlaceholder(path, value)).toBe(true);
  });

  test.each([
    ["domain", "example.social.net"],
    ["domain", "myexample.org"],
    ["alerts.emails", ["ops@example.social", "a@mastodon-in.space"]],
    ["mail.server", "smtp.example.net"],
    ["cloudflare.zoneId", "0".repeat(31) + "1"],
    ["profile", "medium"],
  ])("is nothing that somebody decided: %s %j", (path, value) => {
    expect(isPlaceholder(path, value)).toBe(false);
  });

  test("each cure is accepted when it is followed", () => {
    const filled = [
      ["domain", "mastodon-in.space"],
      ["webDomain", "mastodon-in.space"],
      ["alerts.emails", ["a@mastodon-in.space"]],
      ["cloudflare", IDS],
    ] as const;
    const raw = filled.reduce<Record<string, unknown>>(
      (at, [path, value]) => withValue(at, path, value),
      keysOf(TEXT),
    );
    expect(placeholderFaults(parseConfig(raw))).toEqual([]);
  });
});
