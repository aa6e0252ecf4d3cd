import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { costOf, inDollars } from "../../domain/cost.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { readConfig, type StackText } from "../../input/stack-text.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planConfig } from "../../plan/plan-stack.ts";
import { firstUpdateOf } from "../../rehearsal/reports/first-update.ts";
import { lookPage } from "../../rehearsal/reports/look-page.ts";
import { topologyOf } from "../../rehearsal/reports/topology-of-plan.ts";
import { pageFaults } from "../pages/page-faults.ts";

const AT = new Date("2026-11-28T18:00:00Z");
const TEMPLATE = readFileSync(new URL("../../Pulumi.prod.yaml", import.meta.url), "utf8");

/** A stack file in which these lines replace the template's. */
function stackWith(...replaced: readonly (readonly [string, string])[]): StackText {
  const text = replaced.reduce((file, [from, to]) => file.replaceAll(from, to), TEMPLATE);
  return stackTextOf(text, "Pulumi.test.yaml");
}

const filled = (profile: string): StackText =>
  stackWith(
    ["profile: medium", `profile: ${profile}`],
    [/^ {2}mastodon:web:\n(?: {4}.*\n)+/mu.exec(TEMPLATE)?.[0] ?? "", ""],
    ["example.social", "social.museum"],
    ["00000000000000000000000000000000", "4f1c2a9be07d43568d3f9a60c7b1e285"],
    ["11111111111111111111111111111111", "9d27e6b05a1f4c83b6e48f2d7013ca5e"],
  );

/** A page's words, without tags. */
function wordsOf(page: string): string {
  return page
    .replaceAll(/<style>[^]*?<\/style>/gu, "")
    .replaceAll(/<[^>]*>/gu, " ")
    .replaceAll(/\s+/gu, " ");
}

describe.each(PROFILE_NAMES)("of the profile %s", (profile) => {
  test("the page is whole, says first what it is, and holds no secret", async () => {
    const text = filled(profile);
    const page = await lookPage("Pulumi.test.yaml", text, AT);
    expect(pageFaults(page)).toEqual([]);
    expect(page).not.toContain(SECRET_MARK);
    const config = readConfig(text);
    const sentence = wordsOf(/<h1>([^]*?)<\/h1>/u.exec(page)?.[1] ?? "");
    expect(sentence).toContain(`${config.members.toLocaleString("en-US")} active members`);
    expect(sentence).toContain(`${inDollars(costOf(config).dollars)} a month`);
    expect(sentence).toMatch(/about \d+ minutes/u);
    expect(sentence).toContain("nearly full");
    const words = wordsOf(page);
    expect(words).not.toContain("placeholder");
    for (const title of [
      "Who talks to whom",
      "The first update",
      "Room",
      "Cost",
      "What this does not prove",
    ])
      expect(page).toContain(`<h2>${title}</h2>`);
  });

  test("the picture has every Deployment of the plan, and each that needs a database is joined to it", async () => {
    const plan = await planConfig(() => readConfig(filled(profile)));
    const { frame, links, targets } = topologyOf(plan);
    const deployments = plan.resources.filter(
      ({ type, name }) => type.endsWith(":Deployment") && name !== "metrics-server",
    );
    const boxes = frame.boxes.map(({ id }) => id);
    expect(boxes).toHaveLength(deployments.length + 2);
    const calls = (from: string): readonly string[] =>
      links.filter((link) => link.from === from).map(({ to }) => to);
    expect([...calls("cloudflared")].sort()).toEqual(["assets", "streaming", "web"]);
    for (const id of boxes.filter((box) => /^(?:web|streaming|sidekiq-)/u.test(box)))
      expect(calls(id)).toEqual(expect.arrayContaining(["pool", "valkey"]));
    expect(calls("upkeep")).toContain("postgres");
    expect(calls("assets")).toEqual([]);
    expect(calls("web")).toEqual(expect.arrayContaining(["r2", "internet"]));
    expect(targets.map(({ id }) => id)).toEqual([
      "pool",
      "postgres",
      "valkey",
      "internet",
      "api-server",
    ]);
  });
});

test("of the template the page says that nobody filled it in, instead of failing", async () => {
  const page = await lookPage("Pulumi.prod.yaml", stackWith(), AT);
  const words = wordsOf(page);
  expect(words).toContain("This is not filled in");
  expect(words).toContain(
    "A preview refuses mastodon:cloudflare.accountId, mastodon:cloudflare.zoneId,",
  );
  expect(words).toContain("secrets are not in the file yet");
  expect(pageFaults(page)).toEqual([]);
});

test("what is not in a plan is not in its picture: media on Spaces, a read replica, a cache, no mail", async () => {
  const text = stackWith(
    ["storage: r2", "storage: spaces"],
    [
      "mastodon:alerts:",
      "mastodon:postgres:\n    readReplica: { size: db-s-4vcpu-8gb }\n  mastodon:valkey:\n    cache: { size: db-s-1vcpu-1gb }\n  mastodon:mail:\n    server: smtp.social.museum\n    from: us@social.museum\n  mastodon:alerts:",
    ],
  );
  const { entry, targets, links } = topologyOf(await planConfig(() => readConfig(text)));
  expect(entry.map(({ id }) => id)).toEqual(["visitors", "edge"]);
  expect(targets.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      "pool",
      "postgres",
      "replica",
      "valkey",
      "cache",
      "spaces",
      "flow-mail",
    ]),
  );
  expect(links).toContainEqual(expect.objectContaining({ from: "assets", to: "spaces" }));
  expect(links.filter(({ to }) => to === "flow-mail").map(({ from }) => from)).toEqual(
    expect.arrayContaining(["sidekiq-default"]),
  );
});

test("the order is the program's own: nothing begins before what it waits for, and the edge is last", async () => {
  const { tasks, criticalPath, totalSeconds } = firstUpdateOf(
    await planConfig(() => readConfig(filled("medium"))),
  );
  const at = (name: string) => tasks.find(({ label }) => label === name)!;
  expect(at("Deployment web").startsAt).toBeGreaterThanOrEqual(
    at("Job migrate-pre-deployment").endsAt,
  );
  expect(at("Job preflight").startsAt).toBeGreaterThanOrEqual(
    at("KubernetesNodePool cluster-workloads").endsAt,
  );
  expect(at("DnsRecord edge-social.museum").startsAt).toBeGreaterThanOrEqual(
    at("Job migrate-post-deployment").endsAt,
  );
  expect(criticalPath.map(({ label }) => label)).toContain("KubernetesCluster cluster-doks");
  expect(criticalPath.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(totalSeconds);
  expect(tasks.filter(({ source }) => source === undefined)).toEqual([]);
});

test("a stack whose settings are refused has no page but the refusal", async () => {
  await expect(
    lookPage("Pulumi.test.yaml", stackWith(["region: nyc3", "region: moon"]), AT),
  ).rejects.toThrow("mastodon:region");
});
