import { describe, expect, test } from "vitest";
import { commentOf } from "../../ops/report/comment.ts";
import { readVerdict, REPORT_CHARACTERS } from "../../ops/report/verdict.ts";
import { IMAGES, type Images } from "../../config/images.ts";
import { partsOf } from "../../domain/images.ts";
import { MASTODON_VERSION, REHEARSED } from "../../domain/rehearsed.ts";
import { minorOf } from "../../facts/minor-of.ts";
import { fileOf, MEDIUM, reportOfChange, type Raw } from "./scene.ts";

/** The committed images with another release of Mastodon. */
function released(version: string): Images {
  const at = (image: string): string => `${partsOf(image).repository}:${version}`;
  return { ...IMAGES, mastodon: at(IMAGES.mastodon), streaming: at(IMAGES.streaming) };
}

/** A later patch. */
const NEWER = released(`v${minorOf(MASTODON_VERSION)}.99`);
/** A release of the first rehearsed minor, before the committed one. */
const OLDER_VERSION = `v${REHEARSED[0]?.mastodon ?? ""}.0`;
const OLDER = released(OLDER_VERSION);

const CHANGES: readonly (readonly [string, number, Raw, string])[] = [
  ["nothing", 0, MEDIUM, "Nothing changes"],
  [
    "fewer threads",
    1,
    { ...MEDIUM, web: { threads: 6 } },
    "Restarts web, one pod after the other — members notice nothing",
  ],
  [
    "another label of an alert",
    1,
    { ...MEDIUM, alerts: { emails: ["ops@example.social"] } },
    "Members notice nothing",
  ],
  [
    "streaming's connections",
    2,
    { ...MEDIUM, streaming: { connections: 9 } },
    "Streaming is restarted — the old one serves until the new one is ready",
  ],
  [
    "a larger Postgres",
    3,
    { ...MEDIUM, postgres: { size: "db-s-6vcpu-16gb" } },
    "Postgres is resized — posting and timelines answer 500, then retry, for seconds",
  ],
  [
    "a larger profile",
    3,
    { ...MEDIUM, profile: "large" },
    "Valkey and Postgres are resized, and the pool is made anew — members are interrupted for seconds",
  ],
  ["web stopped", 4, { ...MEDIUM, stopped: ["web"] }, "Outage — web is stopped"],
  [
    "another size of the cluster's first pool",
    4,
    {
      ...MEDIUM,
      cluster: { version: "1.35.1-do.6", basePool: { size: "s-4vcpu-8gb", nodes: 1 } },
    },
    "Outage — the cluster is made anew",
  ],
];

describe("the verdict is what members notice, not what the engine calls it", () => {
  test.each(CHANGES)("%s: level %i", async (_name, level, after, headline) => {
    const report = await reportOfChange(MEDIUM, after);
    expect([report.level, report.headline]).toEqual([level, headline]);
    const comment = commentOf(report);
    expect(readVerdict(comment)).toEqual({
      head: "4f2c1ab",
      base: "73c584a",
      level,
      steps: report.stepsHash,
    });
    expect(comment.length).toBeLessThan(REPORT_CHARACTERS);
  });

  test.each([
    [
      "secretKeyBase",
      "Web is restarted — all sessions end: everyone signs in again, and links in mails already sent are dead",
    ],
    [
      "vapidPrivateKey",
      "Web is restarted — push notifications stop, until each has subscribed again",
    ],
  ])("the first line gives an effect the length that it has: another %s", async (key, headline) => {
    const encrypted = (value: string): string =>
      fileOf(MEDIUM).replace("config:", `config:\n  mastodon:${key}:\n    secure: ${value}`);
    const report = await reportOfChange(
      MEDIUM,
      { ...MEDIUM, web: { threads: 6 } },
      {
        before: encrypted("v1:bm9uY2U=:b25l"),
        after: encrypted("v1:bm9uY2U=:b3RoZXI="),
      },
    );
    expect([report.level, report.headline]).toEqual([3, headline]);
  });

  test("a server that starts again is not told as if nothing came of it", async () => {
    const stopped = { ...MEDIUM, stopped: ["web", "streaming"] };
    const report = await reportOfChange(stopped, MEDIUM);
    expect(report.headline).toBe("Starts streaming and web — nothing that serves is interrupted");
    expect(report.summary[0]).toBe("stopped web, streaming → none.");
  });

  test("a Sidekiq that stops is told by the queues that wait", async () => {
    const report = await reportOfChange(MEDIUM, { ...MEDIUM, stopped: ["sidekiq"] });
    const said = commentOf(report);
    for (const queue of ["default", "mailers", "push", "ingress", "pull", "fasp"])
      expect(said).toMatch(
        new RegExp(`jobs of the queues? [a-z, ]*\\b${queue}\\b[a-z, ]* wait`, "u"),
      );
  });

  test("a new minor serves beside the old one, replaces Jobs, and has no way back but a restore", async () => {
    const report = await reportOfChange(MEDIUM, MEDIUM, { releases: { before: OLDER } });
    expect(report.level).toBe(2);
    expect(report.headline).toBe(
      `Mastodon ${OLDER_VERSION} → ${MASTODON_VERSION} — the old version serves until the new one is ready`,
    );
    expect(report.summary[0]).toMatch(/^Database migrations run, /u);
    expect(report.wayBack).toMatch(/^a restore only/u);
    // Replacing Jobs is never red: they hold nothing.
    expect(report.gone).toEqual([]);
    expect(report.order.tasks.map(({ label }) => label)).toEqual(
      expect.arrayContaining(["preflight", "migrate (before)", "web", "migrate (after)"]),
    );
  });

  test("what only the update refuses is refused: images by tag alone", async () => {
    const raw = { ...MEDIUM, images: { unpinned: "refuse" } };
    const unpinned = { ...IMAGES, nginx: IMAGES.nginx.replace(/@.*$/u, "") };
    const report = await reportOfChange(raw, raw, { releases: { after: unpinned } });
    expect([report.level, report.order.tasks]).toEqual([5, []]);
    expect(report.refused?.words.join()).toContain("npm run images -- pin");
    expect(commentOf(report)).toContain("npm run images -- pin");
  });

  test.each([
    ["secretKeyBase", 3, "everyone signs in again"],
    ["vapidPrivateKey", 3, "push notifications stop"],
    ["tunnelSecret", 1, undefined],
  ])("%s has another value, and web restarts with it: level %i", async (key, level, notice) => {
    const wanted = { ...MEDIUM, web: { threads: 6 } };
    const file = (raw: Raw, secret: string): string =>
      `${fileOf(raw)}  mastodon:${key}:\n    secure: ${secret}\n`;
    const report = await reportOfChange(MEDIUM, wanted, {
      before: file(MEDIUM, "v1:old"),
      after: file(wanted, "v1:new"),
    });
    expect(report.level).toBe(level);
    expect(report.notices[0]?.what ?? "").toContain(notice ?? "");
  });

  test("a patch can be taken back, and is not said to have migrations", async () => {
    const report = await reportOfChange(MEDIUM, MEDIUM, { releases: { after: NEWER } });
    expect(report.level).toBe(2);
    expect(report.summary[0]).toMatch(/^Database migrations may run: /u);
    expect(report.wayBack).toMatch(/^revert the commit/u);
  });

  test("a new server has no members who could notice anything", async () => {
    const report = await reportOfChange(undefined, MEDIUM);
    expect([report.level, report.headline]).toEqual([
      1,
      "A new server is made — nobody uses it yet",
    ]);
  });

  test("one process for all queues stops before the next begins, and its jobs wait", async () => {
    const solo = { ...MEDIUM, profile: "solo" };
    const report = await reportOfChange(solo, solo, { releases: { after: NEWER } });
    expect(report.level).toBe(3);
    expect(report.notices[0]?.what).toContain("jobs of the queues default, push");
  });
});
