import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Command } from "commander";
import { secretRow } from "../../config/secret-keys/all.ts";
import { isFault, stateOfSecrets } from "./check.ts";
import { identityOf } from "../restore/identity.ts";
import { type Lock, writeEscrow } from "./escrow.ts";
import type { StateEnvironment } from "./state-environment.ts";
import { initSecrets } from "./init.ts";
import { makePassphrase, weakStatePassphrase } from "./passphrase.ts";
import { pulumiCli, type RunPulumi } from "./pulumi.ts";
import { rotateSecret, rotationOf } from "./rotate.ts";
import { recipientIn } from "./stack-file.ts";
import { SecretStore } from "./store.ts";

/** Parts of the outside world that the command uses, so that a test can replace them. */
export interface SecretsWorld {
  /** Prints one or more lines for the operator. */
  readonly say: (text: string) => void;
  /** Asks for a confirmation. Returns undefined if there is no terminal. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  readonly environment: StateEnvironment;
  readonly now: () => Date;
  /** The CLI in a folder. */
  readonly pulumi: (cwd: string) => RunPulumi;
  /** Folder in which the command was started. */
  readonly cwd: string;
  /** Whether the output goes only to an operator's terminal. Default: false. */
  readonly atTerminal?: boolean;
  /** Folder for scratch files, which contain only ciphertext. */
  readonly temporary: string;
}

/** The implementation for a terminal. */
export function terminalWorld(confirm: SecretsWorld["confirm"]): SecretsWorld {
  return {
    say: (text) => console.log(text),
    confirm,
    environment: process.env as StateEnvironment,
    now: () => new Date(),
    pulumi: (cwd) => pulumiCli({ cwd }),
    cwd: process.cwd(),
    atTerminal: process.stdout.isTTY,
    temporary: tmpdir(),
  };
}

/**
 * `npm run secrets -- …`: runs one command. It prints names and messages, never a value. Only
 * `passphrase` prints the value that it creates.
 * @param args arguments after the `--`.
 * @returns whether all is well: the exit status.
 * @throws Error with a message for the operator.
 */
export async function runSecrets(args: readonly string[], world: SecretsWorld): Promise<boolean> {
  let well = true;
  const program = new Command("npm run secrets --")
    .description("Makes, checks, rotates and escrows the secrets of a stack.")
    .exitOverride()
    .configureOutput({ writeOut: world.say, writeErr: world.say });
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option("--stack <name>", "the stack", "prod")
      .option("--cwd <folder>", "the project's folder", world.cwd);
  const storeOf = ({ cwd, stack }: { readonly cwd: string; readonly stack: string }): SecretStore =>
    new SecretStore(cwd, stack, world.pulumi(cwd), world.temporary);

  command("init", "makes what is missing, and never touches what is there").action(
    async (options: { readonly cwd: string; readonly stack: string }) => {
      const store = storeOf(options);
      const weak = await weakStatePassphrase(await store.text(), world.environment);
      if (weak !== undefined) throw new Error(`${weak} Nothing was changed.`);
      const { made, fingerprinted } = await initSecrets(store);
      for (const key of made) world.say(`made     mastodon:${key}: ${secretRow(key).what}`);
      for (const key of fingerprinted) world.say(`recorded mastodon:${key}: its fingerprint`);
      world.say(
        made.length + fingerprinted.length === 0
          ? "Every secret is there; nothing was changed."
          : `Written to ${store.file}, encrypted. Commit it, then write a bundle for the day when this machine is gone: npm run secrets -- escrow`,
      );
    },
  );
  command("check", "says of each secret whether it is there and the right one").action(
    async (options: { readonly cwd: string; readonly stack: string }) => {
      const store = storeOf(options);
      const weak = await weakStatePassphrase(await store.text(), world.environment);
      const states = stateOfSecrets(await store.held());
      for (const { key, state, sentences } of states)
        world.say(
          // The first column already shows that it is missing.
          [`${state.padEnd(10)} mastodon:${key}`, ...(state === "missing" ? [] : sentences)].join(
            "\n           ",
          ),
        );
      if (states.some(({ state }) => state === "missing"))
        world.say("Make what is missing: npm run secrets -- init. What each is: docs/secrets.md.");
      if (weak !== undefined) world.say(`weak       ${weak}`);
      well = weak === undefined && !states.some(isFault);
    },
  );
  program
    .command("passphrase")
    .description("makes one that nobody guesses, and shows it at the terminal alone")
    .option("--print", "print it also where there is no terminal: into a file or a pipe", false)
    .action(({ print }: { readonly print: boolean }) => {
      if (!print && world.atTerminal !== true)
        throw new Error(
          "A passphrase is shown at a terminal alone: a pipe or a log may keep it. If that is meant, add --print.",
        );
      world.say(makePassphrase());
    });
  command("rotate", "makes a new one in the place of one that may change")
    .argument("<key>", "config key without mastodon:")
    .option("--yes", "don't ask")
    .action(
      async (
        key: string,
        options: { readonly cwd: string; readonly stack: string; readonly yes?: true },
      ) => {
        const plan = rotationOf(key.replace(/^mastodon:/u, ""));
        const names = plan.keys.map((each) => `mastodon:${each}`).join(" and ");
        world.say(`Rotating ${names}. ${plan.cost}`);
        const confirmed = options.yes ?? (await world.confirm("Go on? Type yes: "));
        if (confirmed === undefined)
          throw new Error(
            "There is nobody to ask; nothing was changed. If it is meant, add --yes.",
          );
        if (!confirmed) {
          world.say("Nothing was changed.");
          well = false;
          return;
        }
        const store = storeOf(options);
        await rotateSecret(store, plan);
        world.say(
          `Written to ${store.file}, encrypted. It takes effect with the next pulumi up. Commit the file, and write a new escrow bundle.`,
        );
      },
    );
  command("escrow", "writes one encrypted file with all that the server can't be rebuilt without")
    .option("--recipient <age1…>", "who can open it: what age-keygen prints as public key")
    .option("--passphrase-file <file>", "or the passphrase that opens it")
    .option("--identity <file>", "puts the identity of the dumps in; else of BACKUP_IDENTITY_FILE")
    .requiredOption("--out <file>", "the bundle, a file that is not there yet")
    .action(
      async (options: {
        readonly cwd: string;
        readonly stack: string;
        readonly recipient?: string;
        readonly passphraseFile?: string;
        readonly identity?: string;
        readonly out: string;
      }) => {
        const { out, identity: file = world.environment.BACKUP_IDENTITY_FILE } = options;
        const lock = await lockOf(options);
        const store = storeOf(options);
        const identity = file === undefined ? undefined : await identityOf(file);
        await writeEscrow(store, lock, out, world.environment, identity, world.now());
        world.say(
          `Written to ${out}. Keep it outside DigitalOcean, and what opens it in another place. Try it today: age --decrypt ${out}\nRecorded in ${store.file}, for \`npm run doctor\`: commit it.`,
        );
        if (identity === undefined && recipientIn(await store.text()) !== undefined)
          world.say(
            "It does not hold the identity that opens the dumps. Keep that file as safe as the bundle, or write a bundle with --identity FILE.",
          );
      },
    );
  await program.parseAsync(args, { from: "user" });
  return well;
}

async function lockOf(options: {
  readonly recipient?: string;
  readonly passphraseFile?: string;
}): Promise<Lock> {
  const { recipient, passphraseFile } = options;
  if ((recipient === undefined) === (passphraseFile === undefined))
    throw new Error(
      "Say who can open the bundle, in one of two ways: --recipient age1…, or --passphrase-file FILE. Nothing was written.",
    );
  if (recipient !== undefined) return { recipient };
  return { passphrase: (await readFile(passphraseFile ?? "", "utf8")).replace(/\r?\n$/u, "") };
}
