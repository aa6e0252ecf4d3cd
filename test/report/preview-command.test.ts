import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { previewCommand, type PreviewWorld } from "../../ops/report/preview-command.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { pageFaults } from "../pages/page-faults.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { previewEvents } from "./plan-events.ts";
import { fileOf, MEDIUM } from "./scene.ts";

const LARGER = { ...MEDIUM, postgres: { size: "db-s-6vcpu-16gb" } };
const HEADLINE = "Postgres is resized — posting and timelines answer 500, then retry, for seconds";

afterEach(() => {
  process.exitCode = undefined;
});

/** A folder with a stack file, and a Pulumi that writes these events. */
async function world(
  text: string,
  events: readonly unknown[] | undefined,
  status = 0,
): Promise<PreviewWorld & { readonly said: () => string; readonly asked: string[][] }> {
  const cwd = temporaryFolder("preview");
  await writeFile(join(cwd, "Pulumi.prod.yaml"), text);
  let said = "";
  const asked: string[][] = [];
  return {
    say: (piece) => (said += piece),
    said: () => said,
    asked,
    progress: () => undefined,
    pulumi: async (args) => {
      asked.push([...args]);
      const log = args[args.indexOf("--event-log") + 1]!;
      if (events !== undefined)
        await writeFile(log, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
      return { status, stderr: "error: the engine fell over" };
    },
    git: (args) =>
      Promise.resolve(
        args[0] === "show"
          ? fileOf(MEDIUM)
          : args.includes("origin/main^{commit}")
            ? undefined
            : "4f2c1ab\n",
      ),
    now: () => new Date("2026-11-29T09:14:00Z"),
    color: false,
    cwd,
  };
}

async function run(given: PreviewWorld, ...args: readonly string[]): Promise<void> {
  await previewCommand(given).exitOverride().parseAsync(args, { from: "user" });
}

describe("npm run preview", () => {
  test("prints the same verdict as the comment, calmly, and writes the page that it names", async () => {
    const events = previewEvents(await planStack(MEDIUM), await planStack(LARGER));
    const given = await world(fileOf(LARGER), events);
    await run(given, "--refresh", "--page");
    expect(given.asked[0]).toEqual(
      expect.arrayContaining(["preview", "--stack", "prod", "--refresh"]),
    );
    const text = given.said();
    expect(text.split("\n")[0]).toBe(`🟠 ${HEADLINE}`);
    expect(text).toMatch(/cost a month +\$482\.20 .* → \$726\.00 .* \+\$243\.80/u);
    // In a pipe or a log an escape is noise.
    expect(text).not.toContain("\u001b");
    const file = join(given.cwd, "preview.html");
    expect(text).toContain(`The whole report: ${file}`);
    const page = await readFile(file, "utf8");
    expect(page).toContain(HEADLINE);
    expect(pageFaults(page)).toEqual([]);
    expect(process.exitCode).toBeUndefined();
  });

  test("of a refused file names the ways out and ends with status 1: the next command must not go on", async () => {
    const refused = { ...MEDIUM, web: { replicas: 2, maxReplicas: 9 } };
    const given = await world(
      fileOf(refused),
      [{ diagnosticEvent: { severity: "error", message: "refused", prefix: "", color: "raw" } }],
      1,
    );
    await run(given);
    expect(given.said()).toMatch(/^🛑 Refused — merging this deploys nothing\n/u);
    expect(given.said()).toContain("way out: set mastodon:");
    expect(process.exitCode).toBe(1);
  });

  test("without an event log shows the engine's last words: a crash is no empty report", async () => {
    const given = await world(fileOf(MEDIUM), undefined, 255);
    await run(given);
    expect(given.said()).toContain("The preview crashed");
    expect(given.said()).toContain("the engine fell over");
    expect(process.exitCode).toBe(1);
  });

  test("of a stack without a file says which folder was looked in", async () => {
    const given = await world(fileOf(MEDIUM), []);
    await expect(run(given, "--stack", "staging")).rejects.toThrow(
      /^There is no Pulumi\.staging\.yaml in .*set --stack/u,
    );
    await expect(
      run({ ...given, git: () => Promise.resolve(undefined) }, "--base", "nowhere"),
    ).rejects.toThrow(/git knows no such commit/u);
  });
});
