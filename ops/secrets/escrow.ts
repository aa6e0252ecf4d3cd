import { armor, Encrypter, identityToRecipient } from "age-encryption";
import { stringify } from "yaml";
import { SHORTEST_PASSPHRASE, weaknessOf } from "../../input/passphrase.ts";
import { secretFaults, secretRefusal } from "../../input/secret-faults.ts";
import { sentenceOf } from "../command-line.ts";
import { AGE_IDENTITY } from "../../facts/age.ts";
import { SECRETS } from "../../config/secret-keys/all.ts";
import { withEscrowRecord } from "./escrow-record.ts";
import { writeNew } from "./new-file.ts";
import { passphraseIn, weakStatePassphrase } from "./passphrase.ts";
import { providerOf, recipientIn } from "./stack-file.ts";
import type { SecretStore } from "./store.ts";
import type { StateEnvironment } from "./state-environment.ts";

/** Recipient of a bundle: the holder of an age identity, or of a passphrase. */
export type Lock = { readonly recipient: string } | { readonly passphrase: string };

/**
 * Writes everything without which a server can't be rebuilt into one encrypted file: state
 * passphrase, secrets, stack file, and instructions. Then it records the bundle in the stack file.
 * Plain text exists only in this process's memory.
 * @param identity the age identity that opens the dumps; undefined: it is kept elsewhere.
 * @param now date in the bundle, so that an operator can tell two bundles apart.
 * @throws Error if the file exists, if the secrets are not in order, or if there is no recipient.
 */
export async function writeEscrow(
  store: SecretStore,
  lock: Lock,
  out: string,
  environment: StateEnvironment,
  identity: string | undefined,
  now: Date,
): Promise<void> {
  const encrypter = encrypterFor(lock);
  const stackFile = await store.text();
  if (identity !== undefined) await refuseOther(identity, recipientIn(stackFile));
  const passphrase =
    "encryptionsalt" in providerOf(stackFile) ? await statePassphrase(environment) : undefined;
  const weak = await weakStatePassphrase(stackFile, environment);
  if (weak !== undefined) throw new Error(`${weak} Nothing was written.`);
  if ("passphrase" in lock && lock.passphrase === passphrase)
    throw new Error(
      "The bundle's passphrase is the state's own: whoever has lost it could not open the bundle that holds it. Take another; nothing was written.",
    );
  const held = await store.held();
  const recorded = withEscrowRecord(stackFile, now);
  const refusal = secretRefusal(secretFaults(held));
  if (refusal !== undefined)
    throw new Error(`${refusal}\nNo bundle was written: it would hold what is wrong.`);
  const content = stringify(
    {
      notes: notesFor(store.name, store.stack, passphrase !== undefined),
      written: now.toISOString(),
      stack: store.name,
      ...(environment.PULUMI_BACKEND_URL && { stateBackend: environment.PULUMI_BACKEND_URL }),
      ...(passphrase !== undefined && { statePassphrase: passphrase }),
      ...(identity !== undefined && { dumpIdentity: identity }),
      secrets: Object.fromEntries(
        SECRETS.flatMap(({ key }) => {
          const value = held.values[key];
          return value === undefined ? [] : [[`mastodon:${key}`, value] as const];
        }),
      ),
      stackFile: recorded,
    },
    { lineWidth: 0 },
  );
  const bundle = armor.encode(await encrypter.encrypt(content));
  await writeNew(out, bundle, "a bundle");
  await store.replace(stackFile, recorded).catch((error: unknown) => {
    throw new Error(
      `${out} is written, and whole. It is not recorded in the stack file, so \`npm run doctor\` does not know of it: ${sentenceOf(error)}`,
      { cause: error },
    );
  });
}

/** @throws Error for an identity that opens none of the stack's dumps. */
async function refuseOther(identity: string, recipient: string | undefined): Promise<void> {
  const own = await identityToRecipient(identity).catch(() => undefined);
  if (own === undefined || own !== recipient)
    throw new Error(
      `The identity is ${own === undefined ? "no age identity" : `that of ${own}`}, and the dumps are encrypted to ${recipient ?? "nobody: mastodon:backup is not set"}. Nothing was written. Give the file that \`npm run backup -- key\` wrote.`,
    );
}

function encrypterFor(lock: Lock): Encrypter {
  const encrypter = new Encrypter();
  if ("passphrase" in lock) {
    const weakness = weaknessOf(lock.passphrase);
    if (weakness !== undefined)
      throw new Error(
        `The bundle's passphrase ${weakness}: take ${SHORTEST_PASSPHRASE} or more, such as \`npm run secrets -- passphrase\` makes. Nothing was written.`,
      );
    encrypter.setPassphrase(lock.passphrase);
    return encrypter;
  }
  if (AGE_IDENTITY.test(lock.recipient))
    throw new Error(
      "--recipient is an age identity, the half that opens bundles, and now stands in your shell's history: make a new one (age-keygen) and give the recipient that it prints, age1… Nothing was written.",
    );
  try {
    encrypter.addRecipient(lock.recipient);
  } catch {
    throw new Error(
      "--recipient is no age recipient: expected age1 and what follows it, as age-keygen prints it. Nothing was written.",
    );
  }
  return encrypter;
}

/** The passphrase for stack file and state, from the places where Pulumi looks for it. */
async function statePassphrase(environment: StateEnvironment): Promise<string> {
  const passphrase = await passphraseIn(environment);
  if (passphrase !== undefined) return passphrase;
  throw new Error(
    "The stack is encrypted by a passphrase, and the environment has none: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE. Nothing was written: a bundle without it opens nothing.",
  );
}

/** Instructions for a tired operator who has this file and a new machine. */
function notesFor(name: string, stack: string, byPassphrase: boolean): string {
  const keys = SECRETS.filter(({ change }) => change === "never").map(
    ({ key }) => `mastodon:${key}`,
  );
  return `You are reading everything that this server can't be rebuilt without. Don't save it: read it from the screen.

It does not hold members' data. That is in the database and its backups, and it can only be read with the keys below. dumpIdentity, if it is there, opens the dumps: put it into a file of your own alone, and its path into BACKUP_IDENTITY_FILE.

1. You need the project's repository at any recent commit, the CLI of Pulumi, and access to the state (stateBackend below, if it is there).
2. ${byPassphrase ? "Put statePassphrase into the environment as PULUMI_CONFIG_PASSPHRASE (read -rs PULUMI_CONFIG_PASSPHRASE && export PULUMI_CONFIG_PASSPHRASE)." : "The stack is encrypted by a key service (secretsprovider in stackFile): you need access to that. Without it, go to 5."}
3. Is Pulumi.${stack}.yaml lost or damaged? Write what is below stackFile into it; it is encrypted, so it may be saved.
4. npm ci && npm run secrets -- check --stack ${name}. When it says that every secret is there, go on with docs/operate.md.
5. Does it not open, or does a key not fit? Remove that key's entry from the stack file and set it anew from below, by standard input:
     pulumi config set --secret --stack ${name} mastodon:KEY
   then repeat 4. The fingerprint in the stack file tells you whether it is the right one.

Never make new ones of ${keys.join(", ")}: what they encrypted stays unreadable for ever.
What each secret is, and what dies with it: docs/secrets.md.
`;
}
