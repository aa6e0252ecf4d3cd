import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CLOUDS } from "../../rehearsal/engine/cloud-plugins.ts";

interface Step {
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: {
    readonly pull_request: { readonly paths: readonly string[] };
    readonly schedule: readonly { readonly cron: string }[];
  };
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const text = readFileSync(
  new URL("../../.github/workflows/providers.yml", import.meta.url),
  "utf8",
);
const { on, jobs } = parse(text) as Workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);
const commands = steps.flatMap(({ run }) => run ?? []);

describe("a new version of a cloud's plugin is rehearsed before production meets it", () => {
  test("when it is proposed, in whichever file it stands", () => {
    expect(on.pull_request.paths).toEqual(
      expect.arrayContaining(["package.json", "package-lock.json"]),
    );
  });

  test("each week: the runner's machine and the plugins' downloads change without a commit of ours", () => {
    expect(on.schedule.map(({ cron }) => cron.split(" ").at(-1))).toEqual([
      expect.stringMatching(/^\d$/u),
    ]);
  });

  test("with every plugin that the drill asks for, of the installed SDK's version", () => {
    const install = commands.find((run) => run.includes("pulumi plugin install")) ?? "";
    const [, names = ""] = /^for name in ([\w ]+); do$/mu.exec(install) ?? [];
    expect(names.split(" ").sort()).toEqual([...CLOUDS].sort());
    expect(install).toContain("require('@pulumi/$name/package.json').version");
  });

  test("by the real plugins, with no account and no secret", () => {
    expect(commands.join("\n")).toMatch(/npm run rehearse -- whole --plugins real$/mu);
    expect(text).not.toMatch(/secrets\.|environment:/u);
  });
});

test("the models that the plugins ask are held to DigitalOcean's description, of one commit", () => {
  const fetched = steps.find((step) => step.with?.["repository"] === "digitalocean/openapi");
  expect(fetched?.with?.["ref"]).toMatch(/^[0-9a-f]{40}$/u);
  const file = `${String(fetched?.with?.["path"])}/specification/DigitalOcean-public.v2.yaml`;
  expect(commands).toContain(`npm run check:rest -- ${file}`);
});

test("the models are looked at when they change, too", () => {
  expect(on.pull_request.paths).toContain("rehearsal/clouds/**");
});
