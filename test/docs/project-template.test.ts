import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { NAMESPACE } from "../../input/namespaces.ts";
import { projectFile } from "../../ops/docs/project-file.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";

/** Parts of the project file that `pulumi new` reads. */
interface Project {
  readonly name: string;
  readonly template: {
    readonly quickstart: string;
    readonly config: Readonly<
      Record<string, { readonly description?: string; readonly default?: string }>
    >;
  };
}

const text = readFileSync(new URL("../../Pulumi.yaml", import.meta.url), "utf8");
const { name, template } = parse(text) as Project;
const asked = Object.entries(template.config);

test("the project has the name that all keys begin with: under another one Pulumi finds none of them", () => {
  expect(name).toBe(NAMESPACE);
  for (const [key] of asked) expect(key).toMatch(new RegExp(`^${NAMESPACE}:\\w+$`, "u"));
});

test("answers to what `pulumi new` asks for, over the stack file that it brings, make a server", async () => {
  const typed: Readonly<Record<string, string>> = {
    domain: "example.net",
    webDomain: "social.example.net",
  };
  const answers = asked.map(([key, { description = "", default: proposed }]) => {
    expect(description.length, key).toBeGreaterThan(20);
    const plain = key.slice(NAMESPACE.length + 1);
    const answer = proposed ?? typed[plain];
    expect(answer, `${key} has no default, and no answer in this test`).toBeDefined();
    return [plain, answer] as const;
  });
  // Cloudflare's free certificate does not cover two labels below the zone.
  const hosts = { streaming: "streaming.example.net", assets: "assets.example.net" };
  const media = { storage: "r2", host: "media.example.net" };
  const { web: _, ...shipped } = readStackFile();
  const raw = { ...shipped, ...Object.fromEntries(answers), hosts, media };
  expect((await planStack(raw)).resources.length).toBeGreaterThan(100);
});

test("its last words name commands and pages that are there", () => {
  const { scripts } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { readonly scripts: Readonly<Record<string, string>> };
  const named = [...template.quickstart.matchAll(/npm run (\w+)/gu)].map(([, script]) => script!);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
});

test("`npm run docs` leaves a project alone that `pulumi new` made", () => {
  const made = parseDocument(text);
  made.delete("template");
  made.setIn(["config", "pulumi:tags"], { value: { "pulumi:template": "https://example.org" } });
  expect(parse(projectFile(made.toString()))).toEqual(made.toJS());
});
