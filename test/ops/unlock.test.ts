import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configOf } from "../../ops/stack-file/place.ts";
import { runUnlock } from "../../ops/unlock/command.ts";
import { messageArguments } from "../../ops/unlock/message.ts";
import { stepFindings } from "../../policy/steps/all.ts";
import { stepContextOf } from "../../policy/steps/context.ts";
import { withoutSecrets } from "../../plan/stack-file.ts";
import { deletedFirst, step, type Thing } from "../policy/step.ts";

/** An unlock with a wrong name or a wrong id opens another resource, or none. */

const WEB: Thing = {
  type: "kubernetes:apps/v1:Deployment",
  name: "web",
  id: "mastodon/web-1234567890",
};
const POSTGRES: Thing = {
  type: "digitalocean:index/databaseCluster:DatabaseCluster",
  name: "postgres-cluster",
  // All digits and an e: YAML would read it as a number.
  id: "12e45678",
  protect: true,
};
const BUCKET: Thing = {
  type: "cloudflare:index/r2Bucket:R2Bucket",
  name: "a.dotted.name",
  id: "b",
};

const inState = ({ type, name, id }: Thing, more: object = {}) => ({
  urn: `urn:pulumi:prod::mastodon::${type}::${name}`,
  type,
  id,
  custom: true,
  ...more,
});
const STATE = {
  version: 3,
  deployment: {
    resources: [
      { urn: "urn:pulumi:prod::mastodon::mastodon:k8s:Web::web", type: "mastodon:k8s:Web" },
      inState(WEB),
      inState({ ...WEB, id: "mastodon/web-of-before" }, { delete: true }),
      ...[POSTGRES, BUCKET].map((thing) => inState(thing)),
    ],
  },
};

const COMMITTED = new URL("../../Pulumi.prod.yaml", import.meta.url);
let cwd = "";
let said = "";
let before = "";
const file = () => join(cwd, "Pulumi.prod.yaml");

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "unlock-"));
  before = `# ours\n${withoutSecrets(await readFile(COMMITTED, "utf8"))}`;
  said = "";
  await writeFile(file(), before);
});
afterEach(async () => await rm(cwd, { recursive: true }));

/** Types the command as a person does in the project's folder. */
async function type(args: readonly string[]): Promise<void> {
  await runUnlock(args, {
    say: (text) => (said += text),
    now: () => new Date("2026-11-29T12:34:56.789Z"),
    pulumi: () => () => Promise.resolve(JSON.stringify(STATE)),
    cwd,
  });
}
/** The arguments of a line, as a shell reads them. */
const argsOf = (line: string): readonly string[] =>
  (line.match(/"[^"]*"|\S+/gu) ?? []).slice(4).map((word) => word.replaceAll('"', ""));

const findings = async (steps: Parameters<typeof stepFindings>[0]) =>
  stepFindings(steps, stepContextOf("prod", await configOf({ stack: "prod", cwd }), undefined));

describe("the line that a finding names is accepted, and ends the finding", () => {
  const ALL = [...deletedFirst(WEB), step("delete", POSTGRES)];

  test("for an outage and for a loss", async () => {
    const cures = new Set((await findings(ALL)).map(({ cure = "" }) => cure));
    expect(cures.size).toBe(2);
    for (const cure of cures) await type(argsOf(cure));
    expect(await findings(ALL)).toEqual([]);
  });

  test("for a spent entry", async () => {
    await type(["web", "--because", "why"]);
    const steps = [step("same", { ...WEB, id: "mastodon/another" })];
    const [spent, ...others] = await findings(steps);
    expect(others).toEqual([]);
    await type(argsOf(spent?.cure ?? ""));
    expect(await findings(steps)).toEqual([]);
    expect(await readFile(file(), "utf8")).toBe(before);
  });
});

test("it writes the uid of a Kubernetes object, whose id its successor has, too", async () => {
  const metadata = { uid: "4cc2b9c1-0000-4000-8000-0f7a3a9d1f11" };
  STATE.deployment.resources.push(
    inState({ ...WEB, name: "streaming" }, { outputs: { metadata } }),
  );
  await type(["streaming", "--because", "why"]);
  STATE.deployment.resources.pop();
  const { unlocked } = await configOf({ stack: "prod", cwd });
  expect(unlocked["streaming"]?.id).toBe(metadata.uid);
});

test("it writes the id of the resource that stands, and keeps the file's comments", async () => {
  await type(["web", "postgres-cluster", "a.dotted.name", "--because", "  grow to large "]);
  const { unlocked } = await configOf({ stack: "prod", cwd });
  const entry = (id: string) => ({ id, because: "grow to large", at: "20261129T123456Z" });
  expect(unlocked).toEqual({
    web: entry("mastodon/web-1234567890"),
    "postgres-cluster": entry("12e45678"),
    "a.dotted.name": entry("b"),
  });
  expect(await readFile(file(), "utf8")).toMatch(/^# ours\n/u);
  expect(said).toMatch(/^The next update may delete or replace web, postgres-cluster/u);
});

test("the reasons go into the history of updates", async () => {
  const message = async () => messageArguments(await configOf({ stack: "prod", cwd }));
  expect(await message()).toEqual([]);
  await type(["web", "--because", "grow to large"]);
  expect(await message()).toEqual(["--message", "unlocked: web (grow to large)"]);
});

describe("nothing is written", () => {
  test.each([
    ["without a reason", ["web"], /has a reason, and there is none/u],
    ["with an empty one", ["web", "--because", "  "], /has a reason, and there is none/u],
    ["with a reason of two lines", ["web", "--because", "a\nb"], /on more than one line/u],
    ["for a mistyped name", ["wbe", "--because", "why"], /no "wbe" \(did you mean "web"\?\)/u],
    ["if one of two is unknown", ["web", "other", "--because", "why"], /has no "other"/u],
    ["where nothing is to be removed", ["web", "--remove"], /has no web.*There are: none/u],
  ] as const)("%s", async (_name, args, says) => {
    await expect(type(args)).rejects.toThrow(says);
    expect(await readFile(file(), "utf8")).toBe(before);
  });
});
