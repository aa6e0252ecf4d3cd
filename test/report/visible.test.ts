import { describe, expect, test } from "vitest";
import { commentOf } from "../../ops/report/comment.ts";
import { MEDIUM, reportOfChange, type Raw } from "./scene.ts";

const MAIL = { server: "smtp.mail.example.net", from: "Example Social <hello@example.social>" };
const OIDC = { issuer: "https://id.example.net/realms/ours", clientId: "mastodon" };
const WITH_OIDC: Raw = { ...MEDIUM, signIn: { oidc: OIDC } };

const CHANGES: readonly (readonly [string, Raw, Raw, number, string])[] = [
  [
    "single user",
    MEDIUM,
    { ...MEDIUM, federation: { singleUser: true } },
    1,
    "one pod after the other — the front page is the first account's profile, and nobody can sign up",
  ],
  [
    "limited federation",
    MEDIUM,
    { ...MEDIUM, federation: { limited: true } },
    4,
    "Nothing arrives from servers that the admin page does not allow, and no page is public, from then on",
  ],
  [
    "no mail any more",
    { ...MEDIUM, mail: MAIL },
    MEDIUM,
    4,
    "No mail goes out: nobody can confirm an address or reset a password, from then on",
  ],
  ["mail at last", MEDIUM, { ...MEDIUM, mail: MAIL }, 1, "one pod after the other — mail goes out"],
  [
    "no passwords any more",
    WITH_OIDC,
    { ...MEDIUM, signIn: { oidc: OIDC, only: true } },
    4,
    "No password signs in, from then on",
  ],
  ["no OIDC any more", WITH_OIDC, MEDIUM, 4, "Nobody signs in by OpenID Connect, from then on"],
  ["fewer threads", MEDIUM, { ...MEDIUM, web: { threads: 6 } }, 1, "members notice nothing"],
];

describe("a setting that members see is not told as one that nobody notices", () => {
  test.each(CHANGES)("%s", async (_name, before, after, level, headline) => {
    const report = await reportOfChange(before, after);
    expect(report.level).toBe(level);
    expect(report.headline).toContain(headline);
    if (headline !== "members notice nothing")
      expect(commentOf(report)).toMatch(
        /\| members notice \| how long \|\n.*\n.*\| from then on \|/u,
      );
  });

  test("a new server has no members who could", async () => {
    const report = await reportOfChange(undefined, { ...MEDIUM, federation: { limited: true } });
    expect([report.level, report.notices]).toEqual([1, []]);
  });
});

test.each([
  ["Postgres", { ...MEDIUM, postgres: { nodes: 1 } }, "no standby"],
  ["web", { ...MEDIUM, web: { replicas: 1, maxReplicas: 1 } }, "one pod"],
])(
  "%s without its last spare says so: nobody would notice before it fails",
  async (what, after, note) => {
    const { rows } = await reportOfChange(MEDIUM, after);
    expect(rows.find((row) => row.what === what)?.note).toContain(note);
  },
);
