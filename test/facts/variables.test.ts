import { describe, expect, it, test } from "vitest";
import { fateOf, KNOWN_NAMES, ownerWords, SECRET_NAMES } from "../../domain/variables/all.ts";
import { CORE_FAMILIES, CORE_NAMES } from "../../domain/variables/core.ts";
import { OPTION_FAMILIES, OPTION_NAMES } from "../../domain/variables/options.ts";
import { RUNTIME_FAMILIES, RUNTIME_NAMES } from "../../domain/variables/runtimes.ts";
import { variablesOf, type MastodonFacts } from "../../facts/mastodon/facts.ts";
import { MINORS } from "../../facts/mastodon/minors.ts";
import { RUNTIME_VARIABLES } from "../../facts/runtimes.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { EVERY_OPTION, OTHER_TRANSLATION, withOptions } from "../config/every-option.ts";
import { environmentOf, podsOf } from "../stack/views.ts";

const ALL: readonly MastodonFacts[] = MINORS;
const TABLES = [CORE_NAMES, OPTION_NAMES, RUNTIME_NAMES, SECRET_NAMES];
const FAMILIES = [...CORE_FAMILIES, ...OPTION_FAMILIES, ...RUNTIME_FAMILIES];
const runtimes = variablesOf({ variables: RUNTIME_VARIABLES });
const read = new Set([...ALL.flatMap((facts) => [...variablesOf(facts)]), ...runtimes]);

/** Every variable that a pod of any configuration gets, with all options and their opposites. */
const emitted = new Set<string>();
const raw = readStackFile();
for (const options of [
  EVERY_OPTION,
  {
    ...EVERY_OPTION,
    translation: OTHER_TRANSLATION,
    mail: { ...EVERY_OPTION.mail, port: 465, encryption: "tls", bulk: { server: "b.example.net" } },
    signIn: { oidc: EVERY_OPTION.signIn.oidc, only: true, oneClick: true },
  },
  {
    valkey: { ...(raw["valkey"] as object | undefined), cache: { size: "db-s-1vcpu-1gb" } },
    postgres: {
      ...(raw["postgres"] as object | undefined),
      readReplica: { size: "db-s-4vcpu-8gb" },
    },
    media: { ...(raw["media"] as object | undefined), storage: "spaces" },
    webDomain: "social.example.social",
    cloudflare: { ...(raw["cloudflare"] as object | undefined), advancedCertificate: true },
  },
]) {
  const plan = await planStack(withOptions(raw, options));
  for (const { containers } of podsOf(plan))
    for (const container of containers)
      for (const name of environmentOf(plan, container).keys()) emitted.add(name);
}

describe.each(ALL)("each variable that Mastodon $minor reads", (facts) => {
  it("has a handling: what has none is let through, or lost in a move, without a word", () => {
    expect(variablesOf(facts).size).toBeGreaterThan(300);
    expect([...variablesOf(facts)].filter((name) => fateOf(name) === undefined)).toEqual([]);
  });
});

describe("the table of what becomes of variables", () => {
  it("has a row for each name of the runtimes below Mastodon", () => {
    expect([...runtimes].filter((name) => fateOf(name) === undefined)).toEqual([]);
  });

  it("says each name once: of two rows one is never read", () => {
    const names = TABLES.flatMap((table) => Object.keys(table));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("has no row that nobody reads, but for what Mastodon read once", () => {
    const idle = KNOWN_NAMES.filter((name) => !read.has(name) && fateOf(name)?.kind !== "removed");
    expect(idle).toEqual([]);
  });

  it("calls nothing unread that is read: the owner of a setting would be told an untruth", () => {
    const told = [...read].filter((name) => fateOf(name)?.kind === "removed");
    expect(told).toEqual([]);
  });

  it("has no family of what is set: a prefix stands for names that nobody has looked at", () => {
    const kinds = new Map(FAMILIES.map(([prefix, { kind }]) => [prefix, kind]));
    // Open-ended by design: one name for each traced library.
    expect(kinds.get("OTEL_RUBY_INSTRUMENTATION_")).toBe("extra");
    kinds.delete("OTEL_RUBY_INSTRUMENTATION_");
    for (const [prefix, kind] of kinds) expect(["absent", "removed"], prefix).toContain(kind);
  });
});

test("whatever is told as set by this program is in some pod's environment", () => {
  const untrue = [...read, ...KNOWN_NAMES].filter(
    (name) => fateOf(name)?.kind === "derived" && !emitted.has(name),
  );
  expect([...new Set(untrue)]).toEqual([]);
});

test("whatever is told as set by a key of its own is set by it, but for the other spellings of one", () => {
  const spellings = ["SMTP_SSL", "BULK_SMTP_SSL", "WHITELIST_MODE"];
  const untrue = KNOWN_NAMES.filter(
    (name) => ["config", "secret"].includes(fateOf(name)?.kind ?? "") && !emitted.has(name),
  );
  expect(untrue.sort(), "add its key to test/config/every-option.ts").toEqual(spellings.sort());
});

test("whatever a pod is given is somebody's: an extra variable of that name would be a second one", () => {
  const given = [...emitted].filter((name) => read.has(name));
  const free = given.filter((name) => ownerWords(name, "rails") === undefined);
  expect(free.filter((name) => !(name in EVERY_OPTION.extraEnvironment.rails))).toEqual([]);
});
