import { scryptSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rememberFingerprints, withoutLogs, withoutTraces } from "../../engine/thrift.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

test("a remembered fingerprint is the real one, another secret's is another, and nobody spoils it", () => {
  const made = (secret: string) => scryptSync(secret, "salt", 12, { N: 1_024, r: 8, p: 1 });
  const real = made("secret").toString("hex");
  rememberFingerprints();
  expect(made("secret").toString("hex")).toBe(real);
  made("secret").fill(0);
  expect(made("secret").toString("hex")).toBe(real);
  expect(made("another").toString("hex")).not.toBe(real);
});

test("where the engine would make a folder for its log there is a file", async () => {
  const home = join(temporaryFolder("thrift"), "home");
  await withoutLogs(home);
  expect(await readFile(join(home, "logs"), "utf8")).toBe("");
});

test("a program without traces leaves them as they were, also where it fails", async () => {
  const limit = Error.stackTraceLimit;
  const seen: number[] = [];
  const program = withoutTraces(() => {
    seen.push(Error.stackTraceLimit);
    return Promise.reject(new Error("refused"));
  });
  await expect(program()).rejects.toThrow("refused");
  expect([seen, Error.stackTraceLimit]).toEqual([[0], limit]);
});
