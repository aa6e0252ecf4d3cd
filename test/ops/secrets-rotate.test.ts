import { OPTIONAL_SECRET_KEYS, SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { belongTogether } from "../../config/secret-keys/vapid.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { pulumiCli } from "../../ops/secrets/pulumi.ts";
import { project } from "./fake-pulumi.ts";
import { FRESH, shop } from "./shop.ts";

describe("check", () => {
  test("finds a stack in order after init", async () => {
    const { run, said } = shop();
    await run("init");
    said.length = 0;
    expect(await run("check")).toBe(true);
    expect(said).toEqual([
      ...SECRET_KEYS.map((key) => `there      mastodon:${key}`),
      ...OPTIONAL_SECRET_KEYS.map((key) => `not set    mastodon:${key}`),
    ]);
  });

  test("says of each key what is wrong with it, and fails", async () => {
    const { run, setByHand, file, text, said } = shop();
    await run("init");
    const { secretKeyBase = "", activeRecordPrimaryKey = "" } = makeSecrets();
    setByHand({ secretKeyBase, activeRecordPrimaryKey });
    const stack = parse(text()) as { config: Record<string, Record<string, string>> };
    delete stack.config["mastodon:tunnelSecret"];
    delete stack.config["mastodon:activeRecordDeterministicKey"];
    delete stack.config["mastodon:fingerprints"]?.["activeRecordKeyDerivationSalt"];
    writeFileSync(file, JSON.stringify(stack));
    said.length = 0;
    expect(await run("check")).toBe(false);
    expect(said.join("\n").match(/mastodon:tunnelSecret/gu)).toHaveLength(1);
    expect(said.pop()).toMatch(/^Make what is missing: npm run secrets -- init\./u);
    expect(said.map((line) => line.split(/\s+/u).slice(0, 2).join(" "))).toEqual([
      "changed mastodon:secretKeyBase",
      "changed mastodon:activeRecordPrimaryKey",
      "lost mastodon:activeRecordDeterministicKey",
      "unguarded mastodon:activeRecordKeyDerivationSalt",
      "there mastodon:vapidPrivateKey",
      "there mastodon:vapidPublicKey",
      "missing mastodon:tunnelSecret",
      ...OPTIONAL_SECRET_KEYS.map(() => "not set"),
    ]);
  });

  test("finds a secret in the clear", async () => {
    const { run, said } = shop(
      `${FRESH.replace("encryptionsalt", `  mastodon:secretKeyBase: ${makeSecrets().secretKeyBase}\nencryptionsalt`)}`,
    );
    expect(await run("check")).toBe(false);
    expect(said[0]).toContain("mastodon:secretKeyBase is in the stack file unencrypted");
  });
});

describe("rotate", () => {
  test("changes what was named and nothing else", async () => {
    const { run, held } = shop();
    await run("init");
    const before = await held();
    expect(await run("rotate", "tunnelSecret", "--yes")).toBe(true);
    const after = await held();
    expect(after.values.tunnelSecret).not.toBe(before.values.tunnelSecret);
    expect({ ...after.values, tunnelSecret: "" }).toEqual({ ...before.values, tunnelSecret: "" });
    expect(after.fingerprints.tunnelSecret).not.toBe(before.fingerprints.tunnelSecret);
    expect(await run("check")).toBe(true);
  });

  test.each(["vapidPublicKey", "mastodon:vapidPrivateKey"])(
    "of %s changes both halves, and they belong together",
    async (key) => {
      const { run, held } = shop();
      await run("init");
      const before = await held();
      await run("rotate", key, "--yes");
      const { values } = await held();
      expect(values.vapidPrivateKey).not.toBe(before.values.vapidPrivateKey);
      expect(belongTogether(values.vapidPrivateKey ?? "", values.vapidPublicKey ?? "")).toBe(true);
      expect(await run("check")).toBe(true);
    },
  );

  test("says first what it costs, and does nothing without a yes", async () => {
    const { run, text, said } = shop(FRESH, { confirm: () => Promise.resolve(false) });
    await run("init");
    const before = text();
    said.length = 0;
    expect(await run("rotate", "secretKeyBase")).toBe(false);
    expect(said).toEqual([
      "Rotating mastodon:secretKeyBase. All sessions end: everyone signs in again, and links in mails already sent (confirm, reset, unsubscribe) are dead.",
      "Nothing was changed.",
    ]);
    expect(text()).toBe(before);
  });

  test("in a script, where nobody can be asked, wants --yes", async () => {
    const { run } = shop();
    await expect(run("rotate", "secretKeyBase")).rejects.toThrow(
      "There is nobody to ask; nothing was changed. If it is meant, add --yes.",
    );
  });

  test.each([
    [
      "activeRecordPrimaryKey",
      /^mastodon:activeRecordPrimaryKey must never change; nothing was changed\. If it were lost: The two-factor secrets of all members become unreadable/u,
    ],
    ["slackWebhook", /^mastodon:slackWebhook can't be made here: it comes from Slack/u],
    [
      "secretKey",
      /^There is no secret "secretKey"; nothing was changed\. There are: secretKeyBase, /u,
    ],
  ])("of %s is refused even with --yes", async (key, refusal) => {
    const { run, pulumi, text } = shop();
    await expect(run("rotate", key, "--yes")).rejects.toThrow(refusal);
    expect(pulumi.calls).toEqual([]);
    expect(text()).toBe(FRESH);
  });
});

describe("the CLI", () => {
  test("that is not installed is named in a sentence", async () => {
    const missing = pulumiCli({ cwd: tmpdir(), command: "pulumi-that-is-not-there" });
    await expect(missing(["config"])).rejects.toThrow(
      "There is no `pulumi-that-is-not-there` on this machine's PATH; nothing was changed.",
    );
  });

  test("that fails is quoted by its complaint, never by its output", async () => {
    const { cwd } = project(FRESH);
    const command = join(cwd, "pulumi");
    writeFileSync(command, "#!/bin/sh\necho a secret value\necho a complaint >&2\nexit 3\n", {
      mode: 0o755,
    });
    await expect(pulumiCli({ cwd, command })(["config", "--show-secrets"])).rejects.toThrow(
      /^`pulumi config --show-secrets` failed: a complaint$/u,
    );
  });
});
