import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { BACKUP_HOURS } from "../../config/keys/backup.ts";
import { tooOldAfter } from "../../domain/backup/plan.ts";

interface Workflow {
  readonly permissions: unknown;
  readonly on: { readonly schedule: readonly { readonly cron: string }[] };
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly if?: string;
        readonly environment?: string;
        readonly permissions?: unknown;
        readonly steps: readonly { readonly run?: string }[];
      }
    >
  >;
}

const TEXT = readFileSync(new URL("../../.github/workflows/backup.yml", import.meta.url), "utf8");
const { permissions, on, jobs } = parse(TEXT) as Workflow;
const { check } = jobs;

test("the alert by absence holds one secret, which reads, and no key that opens a dump", () => {
  expect(TEXT.match(/secrets\.\w+/gu)).toEqual(["secrets.BACKUP_READ_TOKEN"]);
  expect(TEXT).not.toMatch(/IDENTITY|PASSPHRASE|DIGITALOCEAN/u);
  expect(permissions).toEqual({});
  expect(check?.permissions).toEqual({ contents: "read" });
  expect(check?.environment).toBe("backup");
  expect(check?.if).toContain("refs/heads/main");
});

test("it asks by its command alone, and before a day of the tightest schedule has passed in silence", () => {
  expect(check?.steps.at(-1)?.run).toBe("node ops/backup/main.ts check");
  const hours = on.schedule[0]!.cron.split(" ")[1]!.split(",").map(Number);
  const gaps = hours.map((hour, at) => ((hours[at + 1] ?? hours[0]! + 24) - hour + 24) % 24);
  const [everyHours] = BACKUP_HOURS;
  expect(Math.max(...gaps) * 3_600 + tooOldAfter({ everyHours })).toBeLessThan(86_400);
});
