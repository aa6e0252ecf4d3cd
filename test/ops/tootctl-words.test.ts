import { expect, test } from "vitest";
import { judge } from "../../ops/pods/tootctl-words.ts";

test.each(["self-destruct", "self_destruct", "self-d", "sel", "SELF-DESTRUCT --dry-run"])(
  "`tootctl %s` is never run from here: it ends the server for everyone",
  (line) => {
    expect(judge(line.split(" ")).refused).toMatch(/never run from here/u);
  },
);

test.each([
  "accounts delete bob",
  "acc del bob",
  "accounts --email=bob@example.social delete",
  "domains purge example.org",
  "media remove --prune-profiles",
  "media remove --days=3 --prune_profiles",
  "media remove --prune",
  "media remove_orphans",
  "media remove-o",
  "accounts create bob --email=bob@example.social --reattach --force",
  "maintenance fix-duplicates",
  "statuses remove",
])("`tootctl %s` must be meant", (line) => {
  expect(judge(line.split(" ")).dangerous).toMatch(/^[a-z].*[^.]$/u);
});

test.each([
  "media usage",
  "media remove --days=30",
  "media remove --prune-profiles --dry-run",
  "accounts modify bob --approve",
  "accounts create bob --email=bob@example.social",
  "search deploy",
  "settings registrations close",
  "help",
  "--version",
])("`tootctl %s` just runs", (line) => {
  const { refused, dangerous } = judge(line.split(" "));
  expect([refused, dangerous]).toEqual([undefined, undefined]);
});

test("what keeps sessions or helper tables goes past the transaction pool, all else through it, where it waits instead of taking the last connection", () => {
  expect(judge(["maintenance", "fix-duplicates"]).direct).toBe(true);
  expect(judge(["statuses", "remove"]).direct).toBe(true);
  expect(judge(["media", "usage"]).direct).toBe(false);
  expect(judge(["--version"]).direct).toBe(false);
});
