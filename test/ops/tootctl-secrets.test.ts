import { describe, expect, test } from "vitest";
import { judge } from "../../ops/pods/tootctl-words.ts";

/** Whether what a command prints must stay out of the pod's log. */
function isSecret(line: string): boolean {
  return judge(line.split(" ")).secretOutput;
}

describe("a password that tootctl prints ends in no pod's log", () => {
  test.each([
    "accounts create bob --email=bob@example.social",
    "accounts create bob --email bob@example.social --confirmed --role Owner",
    "acc cre bob --email=bob@example.social",
    "accounts create bob --email=bob@example.social --reattach --force",
    "accounts modify bob --reset-password",
    "accounts modify bob --reset_password",
    "accounts modify --reset-password bob",
    "accounts modify bob --reset-password=true",
    "accounts modify bob --reset",
    "a m bob --res",
    "ACCOUNTS MODIFY bob --reset-password --disable-2fa",
  ])("`tootctl %s` runs in a session", (line) => {
    expect(isSecret(line)).toBe(true);
  });
});

/**
 * Every command of Mastodon's CLI (mastodon/mastodon `lib/mastodon/cli/` at v4.6.5). Two print a
 * secret. The others run in a Job whose log is followed, which survives a broken connection.
 */
const NO_SECRET = `
accounts rotate --all
accounts modify bob --approve
accounts modify bob --role Owner --confirm
accounts modify bob --remove-role
accounts delete bob
accounts merge a@example.org b@example.org
accounts fix-duplicates
accounts backup bob
accounts cull
accounts refresh bob@example.org
accounts follow bob
accounts unfollow bob@example.org
accounts reset-relationships bob --follows
accounts approve bob
accounts prune
accounts migrate bob
cache clear
cache recount accounts
canonical_email_blocks find bob@example.org
domains purge example.org
domains crawl
email_domain_blocks list
emoji export /tmp
feeds build
ip_blocks add 192.0.2.1 --severity no_access
maintenance fix-duplicates
media usage
media refresh --days 1
preview_cards remove
search deploy
settings registrations close
statuses remove
upgrade storage-schema
--version
help accounts create
`
  .trim()
  .split("\n");

test.each(NO_SECRET)(
  "`tootctl %s` prints none, and goes on where the connection breaks",
  (line) => {
    expect(isSecret(line)).toBe(false);
  },
);
