import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { findSecrets } from "../../rehearsal/checks/secret-search.ts";
import { escrowedIn } from "../../ops/secrets/escrow-record.ts";
import { FRESH, shop, STATE_PASSPHRASE } from "./shop.ts";

describe("escrow", () => {
  /** Content that the holder of the identity can read. */
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

  test("holds the identity of the dumps where it is given, and refuses one that opens none", async () => {
    const [own, other] = [await generateIdentity(), await generateIdentity()];
    const backup = `  mastodon:backup:\n    recipient: ${await identityToRecipient(own)}\n`;
    const { run, cwd, said } = shop(FRESH.replace(/^config:\n/mu, (line) => line + backup));
    await run("init");
    const to = ["--recipient", await identityToRecipient(own), "--out"] as const;
    for (const [name, identity] of Object.entries({ own, other }))
      writeFileSync(join(cwd, name), `# made by age-keygen\n${identity}\n`);
    await expect(
      run("escrow", ...to, join(cwd, "a.age"), "--identity", join(cwd, "other")),
    ).rejects.toThrow("Nothing was written. Give the file that `npm run backup -- key` wrote.");
    expect(existsSync(join(cwd, "a.age"))).toBe(false);
    await run("escrow", ...to, join(cwd, "b.age"));
    expect(said.join("\n")).toContain("It does not hold the identity that opens the dumps.");
    await run("escrow", ...to, join(cwd, "c.age"), "--identity", join(cwd, "own"));
    const bundle = await opened(join(cwd, "c.age"), (decrypter) => decrypter.addIdentity(own));
    expect(bundle["dumpIdentity"]).toBe(own);
    expect(said.join("\n")).not.toContain(own);
  });

  test("is recorded in the stack file: another setting leaves the record right, another secret does not", async () => {
    const { run, cwd, text, said, file, setByHand } = shop();
    await run("init");
    const recipient = await identityToRecipient(await generateIdentity());
    await run("escrow", "--recipient", recipient, "--out", join(cwd, "a.age"));
    const recorded = text();
    const record = (
      parse(recorded) as { config: { "mastodon:escrow": { at: string; of: string } } }
    ).config["mastodon:escrow"];
    expect(record).toEqual({ at: "20261123T120000Z", of: escrowedIn(recorded) });
    expect(said.at(-1)).toContain(`Recorded in ${file}, for \`npm run doctor\`: commit it.`);
    expect(escrowedIn(recorded.replace("replicas: 2", "replicas: 3"))).toBe(record.of);
    expect(escrowedIn(recorded.replace("# The operator's own words.", ""))).toBe(record.of);
    await run("rotate", "tunnelSecret", "--yes");
    expect(escrowedIn(text())).not.toBe(record.of);
    writeFileSync(file, recorded);
    setByHand({ smtpPassword: "of the provider" });
    expect(escrowedIn(text())).not.toBe(record.of);
    expect(escrowedIn(recorded.replace(/encryptionsalt: .*/u, "encryptionsalt: v1:new"))).not.toBe(
      record.of,
    );
  });

  test("is whole, and says that it is not recorded, where the stack file was changed meanwhile", async () => {
    const made = shop();
    await made.run("init");
    const out = join(made.cwd, "bundle.age");
    const recipient = await identityToRecipient(await generateIdentity());
    const other = shop(made.text(), {
      cwd: made.cwd,
      pulumi: () => async (args, input) => {
        const answer = await made.pulumi.run(args, input);
        writeFileSync(made.file, `${made.text()}# changed meanwhile\n`);
        return answer;
      },
    });
    await expect(other.run("escrow", "--recipient", recipient, "--out", out)).rejects.toThrow(
      /bundle\.age is written, and whole\. It is not recorded .* was changed by someone else/u,
    );
    expect(existsSync(out)).toBe(true);
    expect(made.text()).not.toContain("mastodon:escrow");
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
