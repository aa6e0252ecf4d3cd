import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { lookCommand } from "../../rehearsal/reports/look-command.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test("the command prints where its page is, whole, and opens nothing under CI", async () => {
  const out = join(temporaryFolder("look"), "page.html");
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, "rehearsal", "look.ts"), "--out", out, "--open"],
    { cwd: ROOT, env: { CI: "true", PATH: "" } },
  );
  expect({ stdout, stderr }).toEqual({ stdout: `${out}\n`, stderr: "" });
  expect(await readFile(out, "utf8")).toMatch(/^<!doctype html>[^]*<\/html>\n$/u);
});

test("another file's settings are looked at; without one, and where nothing can be written, a sentence says what to do", async () => {
  const said = vi.spyOn(console, "log").mockReturnValue();
  onTestFinished(() => said.mockRestore());
  const folder = temporaryFolder("look");
  const look = async (...args: readonly string[]): Promise<unknown> =>
    await lookCommand().parseAsync(args, { from: "user" });
  const file = join(folder, "other.yaml");
  const template = await readFile(join(ROOT, "Pulumi.prod.yaml"), "utf8");
  await writeFile(file, template.replace("region: nyc3", "region: fra1"));
  const out = join(folder, "other.html");
  await look("--file", file, "--out", out);
  expect(said.mock.calls).toEqual([[out]]);
  expect(await readFile(out, "utf8")).toContain("fra1");
  await expect(look("--stack", "nobody")).rejects.toThrow(/^There is no Pulumi\.nobody\.yaml /u);
  await expect(look("--file", join(folder, "no.yaml"))).rejects.toThrow(/no file .* Set --file/u);
  await expect(look("--out", join(file, "page.html"))).rejects.toThrow(/can't be written .*--out/u);
});
