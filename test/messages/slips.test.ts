import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test } from "vitest";
import { IMAGES } from "../../config/images.ts";
import { readStack } from "../../input/load.ts";
import { isSecretKey } from "../../config/secret-keys/all.ts";
import { readConfig, valuesOf } from "../../input/stack-text.ts";
import { Refusal, type Fault } from "../../domain/fault.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { JUDGED, NOT_YAML, RIGHT, SLIPS, UNFILLED, type Slip } from "./slips.ts";

const FILE = "Pulumi.prod.yaml";
const SECRETS = Object.fromEntries(
  Object.entries(makeSecrets()).map(([key, value]) => [`mastodon:${key}`, value]),
);

/** Message of `npm run render`, the tests and the plans about a file. */
function byFile(text: string): { readonly said: string; readonly faults: readonly Fault[] } {
  try {
    readConfig(stackTextOf(text, FILE));
    return { said: "accepted", faults: [] };
  } catch (error) {
    return {
      said: (error as Error).message,
      faults: error instanceof Refusal ? error.faults : [],
    };
  }
}

/** Message of the program that Pulumi runs: the same text, with its secrets, through the SDK. */
function byProgram(text: string): string {
  const { texts } = stackTextOf(text, FILE);
  // A plain secret in the file stays plain.
  const secrets = Object.fromEntries(Object.entries(SECRETS).filter(([key]) => !(key in texts)));
  pulumi.runtime.setMockOptions({}, "mastodon", "prod", true);
  pulumi.runtime.setAllConfig(
    { ...texts, ...secrets } as Record<string, string>,
    Object.keys(secrets),
  );
  try {
    readStack(IMAGES);
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
}

afterEach(() => {
  pulumi.runtime.setAllConfig({});
});

describe("a slip in the stack file gets one answer, from the file and from the program", () => {
  test("of a right file: accepted", () => {
    expect([byFile(RIGHT).said, byProgram(RIGHT)]).toEqual(["accepted", "accepted"]);
  });

  test.each([...SLIPS, ...JUDGED])("$what", ({ text }) => {
    expect(byProgram(text)).toBe(byFile(text).said);
  });

  test.each(UNFILLED)("$what: refused by a preview alone", ({ text }) => {
    expect(byFile(text).said).toBe("accepted");
    expect(byProgram(text)).toContain("has a value that nobody filled in; nothing was changed");
  });
});

describe("a slip is told as what it is", () => {
  test.each(SLIPS.filter(({ what }) => !what.startsWith("24")))("$what", ({ text, faults }) => {
    expect(byFile(text).faults.map(({ code, key }) => [code, key])).toEqual(faults);
  });
});

test.each(NOT_YAML)("$what is told before anything else, with its line", ({ text }) => {
  expect(byFile(text).said).toMatch(
    /^Pulumi\.prod\.yaml, line \d+, can't be read; nothing was changed:\n/u,
  );
});

test("a line that can't be read shows nothing that may be a secret", () => {
  for (const line of [
    "  mastodon:secretKeyBase hunter2",
    "  mastodon:secretKeyBse: @hunter2",
    "\tmastodon:tunnelSecret: hunter2",
    "    secure: @hunter2",
    "  digitalocean:token: @hunter2",
  ])
    expect(byFile(`${RIGHT}${line}\n`).said).toMatch(/line 18(?!.*hunter2)/su);
});

test("the words are those that were reviewed (`npx vitest run test/messages -u`, then read the diff)", async () => {
  const page = [...NOT_YAML, ...SLIPS, ...JUDGED].map(
    ({ what, text }: Slip) => `# ${what}\n${byFile(text).said.replaceAll(/^/gmu, "| ")}`,
  );
  await expect(`${page.join("\n\n")}\n`).toMatchFileSnapshot("../golden/slips.txt");
});

test("values are handed over as Pulumi's CLI 3.259.0 hands them over (measured with `pulumi config --json`)", () => {
  const { texts } = stackTextOf(
    `config:
  mastodon:alerts:
  mastodon:members: 0500
  mastodon:quoted: "500"
  mastodon:flag: true
  mastodon:yes: yes
  mastodon:none: ~
  mastodon:float: 1.350
  mastodon:below: { octal: 0777, yes: yes, float: 1.350, zeros: 00000000, none: ~, text: "8", e: 1e3 }
  mastodon:empty: {}
  region: nyc3
`,
    FILE,
  );
  expect(texts).toEqual({
    "mastodon:alerts": "",
    "mastodon:members": "320",
    "mastodon:quoted": "500",
    "mastodon:flag": "true",
    "mastodon:yes": "yes",
    "mastodon:none": "",
    "mastodon:float": "1.35",
    "mastodon:below":
      '{"octal":511,"yes":"yes","float":1.35,"zeros":0,"none":null,"text":"8","e":1000}',
    "mastodon:empty": "{}",
    "mastodon:region": "nyc3",
  });
  expect(valuesOf(texts)).toMatchObject({ members: 320, alerts: null, region: "nyc3" });
});

test("an encrypted setting is not taken for a missing one, and a secret is left to those who can decrypt it", () => {
  const secure = (key: string): string => `  mastodon:${key}:\n    secure: v1:abc\n`;
  expect(byFile(RIGHT + secure("secretKeyBase")).said).toBe("accepted");
  expect(byFile(RIGHT + secure("members")).faults.map(({ code, key }) => [code, key])).toEqual([
    ["unreadable", "members"],
  ]);
  expect(isSecretKey("secretKeyBase")).toBe(true);
});
