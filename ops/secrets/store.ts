import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import {
  FingerprintsSchema,
  fingerprintOf,
  type Fingerprints,
} from "../../config/secret-keys/fingerprints.ts";
import type { HeldSecrets } from "../../input/secret-faults.ts";
import { isSecretKey, type SecretKey } from "../../config/secret-keys/all.ts";
import { stackDocumentOf } from "../stack-file/yaml.ts";
import { MADE_KEYS, type MadeSecrets } from "./make.ts";
import type { RunPulumi } from "./pulumi.ts";
import { changedStackFile, encryptedIn, providerOf } from "./stack-file.ts";

const NAMESPACE = "mastodon";
const FINGERPRINTS = `${NAMESPACE}:fingerprints`;

/**
 * Number of CLI commands that run at the same time. Each keeps one core busy with deriving the key
 * from the passphrase.
 */
const AT_ONCE = 4;

/** Secrets of one stack, which its stack file stores encrypted. */
export class SecretStore {
  /** Name of the stack as the operator types it: "prod", or "organisation/mastodon/prod". */
  readonly name: string;
  /** Short name of the stack: "prod". */
  readonly stack: string;
  /** Path of `Pulumi.<stack>.yaml`. */
  readonly file: string;
  readonly #pulumi: RunPulumi;
  readonly #temporary: string;

  /**
   * @param cwd the project's folder.
   * @param temporary parent folder for scratch files. Default: the machine's.
   */
  constructor(cwd: string, name: string, pulumi: RunPulumi, temporary: string = tmpdir()) {
    this.name = name;
    this.stack = basename(name);
    this.file = join(cwd, `Pulumi.${this.stack}.yaml`);
    this.#pulumi = pulumi;
    this.#temporary = temporary;
  }

  /** Returns the text of the stack file. @throws Error with a remedy if there is none. */
  async text(): Promise<string> {
    try {
      return await readFile(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new Error(
        `There is no ${this.file}. Run this in the project's folder, or name it by --cwd, and the stack by --stack.`,
      );
    }
  }

  /** Returns the stack's secrets, decrypted in memory. */
  async held(): Promise<HeldSecrets> {
    // Before the CLI reads it, because the CLI's message has neither the line nor a remedy.
    stackDocumentOf(await this.text(), basename(this.file));
    const shown = JSON.parse(
      await this.#pulumi(["config", "--show-secrets", "--json", "--stack", this.name]),
    ) as Readonly<
      Record<string, { readonly value?: string; readonly secret: boolean; objectValue?: unknown }>
    >;
    const values: Partial<Record<SecretKey, string>> = {};
    const inTheClear: SecretKey[] = [];
    for (const [full, { value, secret }] of Object.entries(shown)) {
      const key = full.slice(NAMESPACE.length + 1);
      if (!full.startsWith(`${NAMESPACE}:`) || !isSecretKey(key) || value === undefined) continue;
      values[key] = value;
      if (!secret) inTheClear.push(key);
    }
    const fingerprints = FingerprintsSchema.safeParse(shown[FINGERPRINTS]?.objectValue);
    if (!fingerprints.success)
      throw new Error(
        `${FINGERPRINTS} in ${this.file} is damaged. Put it back as an earlier commit has it: nothing else tells a changed key from the right one.`,
      );
    return {
      stack: this.stack,
      values,
      inTheClear,
      fingerprints: fingerprints.data ?? {},
      movedIn: isMovedIn(shown[`${NAMESPACE}:postgres`]?.objectValue),
    };
  }

  /**
   * Writes values, encrypted, and their fingerprints into the stack file, all at once or not at
   * all. An interrupted command leaves the file as it was. Then it reads them back.
   * @param values new values by key.
   * @param held the result of {@link held}; its fingerprints stay except those of `fingerprinted`.
   * @param fingerprinted keys with a valid value that has no fingerprint yet.
   * @throws Error if the file changed in the meantime, or if the written values can't be read back.
   */
  async write(
    values: MadeSecrets,
    held: HeldSecrets,
    fingerprinted: readonly SecretKey[] = [],
  ): Promise<void> {
    const before = await this.text();
    const { secure, provider } = await this.#encrypt(values, providerOf(before));
    const all = { ...held.values, ...values };
    const fingerprints: Fingerprints = {
      ...held.fingerprints,
      ...Object.fromEntries(
        [...Object.keys(values), ...fingerprinted]
          .filter((key): key is SecretKey => MADE_KEYS.includes(key as SecretKey))
          .map((key) => [key, fingerprintOf(this.stack, key, all[key] ?? "")]),
      ),
    };
    const after = changedStackFile(before, {
      config: {
        ...Object.fromEntries(
          Object.entries(secure).map(([key, text]) => [`${NAMESPACE}:${key}`, { secure: text }]),
        ),
        [FINGERPRINTS]: Object.fromEntries(
          MADE_KEYS.flatMap((key) => {
            const fingerprint = fingerprints[key];
            return fingerprint === undefined ? [] : [[key, fingerprint] as const];
          }),
        ),
      },
      top: provider,
    });
    await this.replace(before, after);
    const written = await this.held();
    for (const [key, value] of Object.entries(values))
      if (written.values[key as SecretKey] !== value)
        throw new Error(
          `mastodon:${key} was written to ${this.file} and reads back as something else. Put the file back as it was (git checkout), and tell the maintainers: don't deploy with it.`,
        );
  }

  /**
   * Encrypts with the CLI, for any secrets provider, in scratch stack files that contain only
   * ciphertext. If the file had no encrypted value before, it also returns the top-level keys to
   * add.
   */
  async #encrypt(
    values: MadeSecrets,
    known: Readonly<Record<string, string>>,
  ): Promise<{
    readonly secure: Readonly<Record<string, string>>;
    readonly provider: Readonly<Record<string, string>>;
  }> {
    const folder = await mkdtemp(join(this.#temporary, "mastodon-secrets-"));
    try {
      let provider = known;
      const secure: Record<string, string> = {};
      const encryptOne = async ([key, value]: readonly [string, string]): Promise<void> => {
        const scratch = join(folder, `${key}.yaml`);
        await writeFile(scratch, changedStackFile("config: {}\n", { config: {}, top: provider }));
        await this.#pulumi(
          [
            ...["config", "set", "--secret", `${NAMESPACE}:${key}`],
            ...["--config-file", scratch, "--stack", this.name],
          ],
          value,
        );
        const text = await readFile(scratch, "utf8");
        const encrypted = encryptedIn(text, `${NAMESPACE}:${key}`);
        if (encrypted === undefined)
          throw new Error(
            `\`pulumi config set\` answered nothing encrypted for mastodon:${key}; nothing was changed.`,
          );
        secure[key] = encrypted;
        if (Object.keys(provider).length === 0) provider = providerOf(text);
      };
      const waiting = Object.entries(values);
      // A file without a salt gets one with its first value. All other values must use the same
      // salt.
      if (Object.keys(provider).length === 0 && waiting[0] !== undefined)
        await encryptOne(waiting.shift()!);
      let failure: unknown;
      const work = async (): Promise<void> => {
        while (failure === undefined) {
          const next = waiting.shift();
          if (next === undefined) return;
          await encryptOne(next).catch((error: unknown) => (failure ??= error));
        }
      };
      // Waits for all commands, even if one fails, because they write into the folder that is
      // deleted.
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      if (failure !== undefined) throw failure;
      // In the table's order, not in the order of completion.
      return {
        secure: Object.fromEntries(Object.keys(values).map((key) => [key, secure[key] ?? ""])),
        provider,
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Writes the stack file whole, or not at all.
   * @param before the text on which `after` is based.
   * @throws Error if the file has another text by now.
   */
  async replace(before: string, after: string): Promise<void> {
    if ((await this.text()) !== before)
      throw new Error(
        `${this.file} was changed by someone else in the meantime; nothing was written. Run this again.`,
      );
    const beside = join(dirname(this.file), `.${basename(this.file)}.${process.pid}`);
    try {
      await writeFile(beside, after, { mode: (await stat(this.file)).mode });
      await rename(beside, this.file);
    } finally {
      await rm(beside, { force: true });
    }
  }
}

/** Whether `postgres.origin` marks the data as an older server's. */
function isMovedIn(postgres: unknown): boolean {
  const { origin } = (postgres ?? {}) as { readonly origin?: { readonly movedIn?: unknown } };
  return origin?.movedIn === true;
}
