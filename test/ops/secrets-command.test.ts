import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { fingerprintOf } from "../../config/fingerprints.ts";
import { SECRET_KEYS } from "../../config/secrets.ts";
import type { SecretKey } from "../../config/secret-keys.ts";
import { belongTogether } from "../../config/vapid.ts";
import { runSecrets, type SecretsWorld } from "../../ops/secrets/command.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { pulumiCli } from "../../ops/secrets/pulumi.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import { findSecrets } from "../../rehearsal/checks/secret-search.ts";
import { project } from "./fake-pulumi.ts";

const SALT = "v1:salt-of-the-stack";
const STATE_PASSPHRASE = "the state's own passphrase";
/** A stack as `pulumi stack init` leaves it. */
const FRESH = `# The operator's own words.\nconfig:\n  mastodon:domain: example.social # never changes\n  mastodon:web: { replicas: 2, workers: 2, threads: 8 }\nencryptionsalt: ${SALT}\n`;

/** A project, and the command in it. */
function shop(stackFile = FRESH, world: Partial<SecretsWorld> = {}) {
  const made = project(stackFile);
  const said: string[] = [];
  const run = (...args: readonly string[]): Promise<boolean> =>
    runSecrets(args, {
      say: (text) => said.push(text),
      confirm: () => Promise.resolve(undefined),
      environment: { PULUMI_CONFIG_PASSPHRASE: STATE_PASSPHRASE },
      now: () => new Date("2026-11-23T12:00:00Z"),
      pulumi: () => made.pulumi.run,
      cwd: made.cwd,
      temporary: made.temporary,
      ...world,
    });
  const held = async () => await new SecretStore(made.cwd, "prod", made.pulumi.run).held();
  /** A stack file with these secrets in it, as `pulumi config set --secret` would have put them. */
  const setByHand = (values: Readonly<Partial<Record<SecretKey, string>>>): void => {
    const file = parse(made.text()) as { config: Record<string, unknown> };
    for (const [key, value] of Object.entries(values))
      file.config[`mastodon:${key}`] = { secure: made.pulumi.encrypt(value, SALT) };
    writeFileSync(made.file, JSON.stringify(file));
  };
  return { ...made, said, run, held, setByHand };
}

describe("init", () => {
  test("makes every secret of a new stack, and keeps the operator's file as it was above", async () => {
    const { run, text, held, said } = shop();
    expect(await run("init")).toBe(true);
    const { values, inTheClear, fingerprints } = await held();
    expect(Object.keys(values).sort()).toEqual([...SECRET_KEYS].sort());
    expect(inTheClear).toEqual([]);
    for (const key of SECRET_KEYS)
      expect(fingerprints[key]).toBe(fingerprintOf("prod", key, values[key] ?? ""));
    expect(text().startsWith(FRESH.slice(0, FRESH.indexOf("encryptionsalt")))).toBe(true);
    expect(said.filter((line) => line.startsWith("made"))).toHaveLength(SECRET_KEYS.length);
  });

  test("shows no secret: not in what it prints, on a command line, in the stack file or in a scratch file", async () => {
    const { run, pulumi, temporary, text, held, said } = shop();
    const scratch: string[] = [];
    pulumi.before = () => {
      for (const file of readdirSync(temporary, { recursive: true, withFileTypes: true }))
        if (file.isFile()) scratch.push(readFileSync(join(file.parentPath, file.name), "utf8"));
    };
    await run("init");
    const { values } = await held();
    expect(
      findSecrets(
        Object.entries(values).map(([name, value]) => ({ name, value })),
        [
          { name: "output", text: said.join("\n") },
          { name: "command lines", text: pulumi.calls.flatMap(({ args }) => args).join(" ") },
          { name: "stack file", text: text() },
          { name: "scratch files", text: scratch.join("\n") },
        ],
      ),
    ).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("run again changes nothing", async () => {
    const { run, text, said } = shop();
    await run("init");
    const before = text();
    said.length = 0;
    expect(await run("init")).toBe(true);
    expect(text()).toBe(before);
    expect(said).toEqual(["Every secret is there; nothing was changed."]);
  });

  test("never overwrites: what was set by hand stays, and is only written down", async () => {
    const { run, setByHand, held, said } = shop();
    const { activeRecordPrimaryKey = "", secretKeyBase = "" } = makeSecrets();
    setByHand({ activeRecordPrimaryKey, secretKeyBase });
    await run("init");
    const after = await held();
    expect(after.values).toMatchObject({ activeRecordPrimaryKey, secretKeyBase });
    expect(after.fingerprints.activeRecordPrimaryKey).toBeDefined();
    expect(said.filter((line) => line.startsWith("recorded"))).toEqual([
      "recorded mastodon:secretKeyBase: its fingerprint",
      "recorded mastodon:activeRecordPrimaryKey: its fingerprint",
    ]);
  });

  test.each([1, 2, 5, 8])(
    "interrupted at its %sth command leaves the file as it was, and the next run goes on",
    async (at) => {
      const { run, pulumi, temporary, text, held } = shop();
      pulumi.before = () => {
        if (pulumi.calls.length === at) throw new Error("killed");
      };
      await expect(run("init")).rejects.toThrow("killed");
      expect(text()).toBe(FRESH);
      expect(readdirSync(temporary)).toEqual([]);
      pulumi.before = () => undefined;
      expect(await run("init")).toBe(true);
      expect(Object.keys((await held()).values)).toHaveLength(SECRET_KEYS.length);
    },
  );

  test("does not write over what somebody else changed in the meantime", async () => {
    const { run, pulumi, file, text } = shop();
    const theirs = FRESH.replace("replicas: 2", "replicas: 3");
    pulumi.before = ({ args }) => {
      if (args[1] === "set") writeFileSync(file, theirs);
    };
    await expect(run("init")).rejects.toThrow(
      `${file} was changed by someone else in the meantime; nothing was written. Run this again.`,
    );
    expect(text()).toBe(theirs);
  });

  test("puts all under one salt in a file that has none yet", async () => {
    const { run, held, text } = shop("config:\n  mastodon:domain: example.social\n");
    await run("init");
    expect(Object.keys((await held()).values)).toHaveLength(SECRET_KEYS.length);
    expect(text().match(/encryptionsalt/gu)).toHaveLength(1);
  });

  test("makes no new key in the place of a lost one: the data would stay locked for ever", async () => {
    const { run, file, text } = shop();
    await run("init");
    const lost = parse(text()) as { config: Record<string, unknown> };
    delete lost.config["mastodon:activeRecordPrimaryKey"];
    writeFileSync(file, JSON.stringify(lost));
    await expect(run("init")).rejects.toThrow(
      "mastodon:activeRecordPrimaryKey is gone, and a fingerprint says that it was there.",
    );
    expect(JSON.parse(text())).toEqual(lost);
  });

  test("writes down no changed key as the right one", async () => {
    const { run, setByHand, text } = shop();
    await run("init");
    setByHand({ activeRecordKeyDerivationSalt: makeSecrets().activeRecordKeyDerivationSalt ?? "" });
    const before = text();
    await expect(run("init")).rejects.toThrow(
      "mastodon:activeRecordKeyDerivationSalt is not the key whose fingerprint stands in the stack file",
    );
    expect(text()).toBe(before);
  });

  test("gives a lone private half its own public one, and a lone public half nothing", async () => {
    const { vapidPrivateKey = "", vapidPublicKey = "" } = makeSecrets();
    const one = shop();
    one.setByHand({ vapidPrivateKey });
    await one.run("init");
    expect((await one.held()).values).toMatchObject({ vapidPrivateKey, vapidPublicKey });

    const other = shop();
    other.setByHand({ vapidPublicKey });
    await expect(other.run("init")).rejects.toThrow(
      "mastodon:vapidPublicKey is there without its private half, which can't be calculated from it; nothing was changed.",
    );
  });

  test("of an organisation's stack writes its short name's file", async () => {
    const { run, pulumi, held } = shop();
    await run("init", "--stack", "club/mastodon/prod");
    expect(pulumi.calls.every(({ args }) => args.includes("club/mastodon/prod"))).toBe(true);
    expect(Object.keys((await held()).values)).toHaveLength(SECRET_KEYS.length);
  });

  test("where there is no stack file says what to do", async () => {
    const { run, cwd } = shop();
    await expect(run("init", "--stack", "dev")).rejects.toThrow(
      `There is no ${join(cwd, "Pulumi.dev.yaml")}. Run this in the project's folder, or name it by --cwd, and the stack by --stack.`,
    );
  });

  test("refuses fingerprints that were damaged: it would not know a changed key from the right one", async () => {
    const { run, file } = shop(
      FRESH.replace("encryptionsalt", "  mastodon:fingerprints: { a: b }\nencryptionsalt"),
    );
    await expect(run("init")).rejects.toThrow(`mastodon:fingerprints in ${file} is damaged.`);
  });
});

describe("check", () => {
  test("finds a stack in order after init", async () => {
    const { run, said } = shop();
    await run("init");
    said.length = 0;
    expect(await run("check")).toBe(true);
    expect(said).toEqual([
      ...SECRET_KEYS.map((key) => `there      mastodon:${key}`),
      "not needed mastodon:slackWebhook",
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
    expect(said.map((line) => line.split(/\s+/u).slice(0, 2).join(" "))).toEqual([
      "changed mastodon:secretKeyBase",
      "changed mastodon:activeRecordPrimaryKey",
      "lost mastodon:activeRecordDeterministicKey",
      "unguarded mastodon:activeRecordKeyDerivationSalt",
      "there mastodon:vapidPrivateKey",
      "there mastodon:vapidPublicKey",
      "missing mastodon:tunnelSecret",
      "not needed",
    ]);
  });

  test("finds a secret in the clear", async () => {
    const { run, said } = shop(
      `${FRESH.replace("encryptionsalt", `  mastodon:secretKeyBase: ${makeSecrets().secretKeyBase}\nencryptionsalt`)}`,
    );
    expect(await run("check")).toBe(false);
    expect(said[0]).toContain("mastodon:secretKeyBase stands in the clear in the stack file");
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

describe("escrow", () => {
  /** What the holder of the identity reads. */
  async function opened(
    file: string,
    key: (decrypter: Decrypter) => void,
  ): Promise<Record<string, unknown>> {
    const decrypter = new Decrypter();
    key(decrypter);
    return parse(
      await decrypter.decrypt(armor.decode(readFileSync(file, "utf8")), "text"),
    ) as Record<string, unknown>;
  }

  test("holds all that the server can't be rebuilt without, for its recipient alone", async () => {
    const { run, cwd, held, text, said, pulumi } = shop();
    await run("init");
    const identity = await generateIdentity();
    const out = join(cwd, "bundle.age");
    await run("escrow", "--recipient", await identityToRecipient(identity), "--out", out);

    const { values } = await held();
    const bundle = await opened(out, (decrypter) => decrypter.addIdentity(identity));
    expect(bundle).toMatchObject({
      written: "2026-11-23T12:00:00.000Z",
      stack: "prod",
      statePassphrase: STATE_PASSPHRASE,
      secrets: Object.fromEntries(
        Object.entries(values).map(([key, value]) => [`mastodon:${key}`, value]),
      ),
      stackFile: text(),
    });
    expect(bundle["notes"]).toContain("Never make new ones of mastodon:activeRecordPrimaryKey");
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await expect(opened(out, (decrypter) => decrypter.addPassphrase("x"))).rejects.toThrow();
    expect(
      findSecrets(
        [
          ...Object.entries(values).map(([name, value]) => ({ name, value })),
          { name: "state passphrase", value: STATE_PASSPHRASE },
        ],
        [
          { name: "bundle", text: readFileSync(out, "utf8") },
          { name: "output", text: said.join("\n") },
          { name: "command lines", text: pulumi.calls.flatMap(({ args }) => args).join(" ") },
        ],
      ),
    ).toEqual([]);
  });

  test("opens by a passphrase, too: paper needs no key file", async () => {
    const { run, cwd } = shop();
    await run("init");
    const passphrase = "four words of a dice list";
    writeFileSync(join(cwd, "passphrase"), `${passphrase}\n`);
    const out = join(cwd, "bundle.age");
    await run("escrow", "--passphrase-file", join(cwd, "passphrase"), "--out", out);
    const bundle = await opened(out, (decrypter) => decrypter.addPassphrase(passphrase));
    expect(bundle["stack"]).toBe("prod");
  });

  test("of a stack that a key service encrypts needs no passphrase, and says so in its notes", async () => {
    const provider = "secretsprovider: awskms://alias/mastodon\nencryptedkey: abc";
    const { run, cwd, text } = shop(FRESH.replace(/encryptionsalt.*/u, provider), {
      environment: {},
    });
    await run("init");
    expect(text()).toContain(provider);
    const identity = await generateIdentity();
    const out = join(cwd, "bundle.age");
    await run("escrow", "--recipient", await identityToRecipient(identity), "--out", out);
    const bundle = await opened(out, (decrypter) => decrypter.addIdentity(identity));
    expect(bundle).not.toHaveProperty("statePassphrase");
    expect(bundle["notes"]).toContain("The stack is encrypted by a key service");
  });

  test("is not written without the state's passphrase: it would open nothing", async () => {
    const { run, cwd } = shop(FRESH, { environment: {} });
    await run("init");
    const out = join(cwd, "bundle.age");
    const recipient = await identityToRecipient(await generateIdentity());
    await expect(run("escrow", "--recipient", recipient, "--out", out)).rejects.toThrow(
      /^The stack is encrypted by a passphrase, and the environment has none/u,
    );
    expect(existsSync(out)).toBe(false);
  });

  test("never overwrites a bundle: it may be the only one", async () => {
    const { run, cwd } = shop();
    await run("init");
    const out = join(cwd, "bundle.age");
    writeFileSync(out, "the only one");
    const recipient = await identityToRecipient(await generateIdentity());
    await expect(run("escrow", "--recipient", recipient, "--out", out)).rejects.toThrow(
      `${out} is there already, and a bundle is never overwritten: it may be the only one. Name another file by --out.`,
    );
    expect(readFileSync(out, "utf8")).toBe("the only one");
  });

  test("refuses what would be no lock, and shows none of it", async () => {
    const { run, cwd } = shop();
    await run("init");
    const out = ["--out", join(cwd, "bundle.age")];
    const file = join(cwd, "passphrase");
    const identity = await generateIdentity();
    const refusals: (readonly [args: readonly string[], refusal: string])[] = [
      [
        [],
        "Say who can open the bundle, in one of two ways: --recipient age1…, or --passphrase-file FILE. Nothing was written.",
      ],
      [
        ["--recipient", "me"],
        "--recipient is no age recipient: expected age1 and what follows it, as age-keygen prints it. Nothing was written.",
      ],
      [
        ["--recipient", identity],
        "--recipient is an age identity, the half that opens bundles, and now stands in your shell's history",
      ],
    ];
    for (const [args, refusal] of refusals)
      await expect(run("escrow", ...args, ...out)).rejects.toThrow(refusal);
    writeFileSync(file, "short\n");
    await expect(run("escrow", "--passphrase-file", file, ...out)).rejects.toThrow(
      "The bundle's passphrase has 5 characters: take 16 or more",
    );
    writeFileSync(file, STATE_PASSPHRASE);
    await expect(run("escrow", "--passphrase-file", file, ...out)).rejects.toThrow(
      "The bundle's passphrase is the state's own: whoever has lost it could not open the bundle that holds it.",
    );
    expect(existsSync(join(cwd, "bundle.age"))).toBe(false);
  });

  test("holds no wrong key: a bundle is trusted on the worst night", async () => {
    const { run, cwd } = shop();
    const recipient = await identityToRecipient(await generateIdentity());
    const out = join(cwd, "bundle.age");
    await expect(run("escrow", "--recipient", recipient, "--out", out)).rejects.toThrow(
      "The stack lacks 7 of its secrets; nothing was changed.",
    );
    expect(existsSync(out)).toBe(false);
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
