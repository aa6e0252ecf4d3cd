import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { statePassphraseFault } from "../../input/passphrase.ts";
import type { StateEnvironment } from "./state-environment.ts";
import { providerOf } from "./stack-file.ts";

/** RFC 4648's, in small letters: no two that a tired eye takes for each other but l and i. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** 26 characters of 5 bits: 130 bits. */
const LENGTH = 26;
const GROUP = 5;

/** A new passphrase: 26 random letters and digits in groups, as `k3q7d-…`. */
export function makePassphrase(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => BASE32[byte % BASE32.length]).join("");
  return letters.match(new RegExp(`.{1,${GROUP}}`, "gu"))!.join("-");
}

/**
 * The passphrase by which Pulumi opens stack file and state, from where Pulumi takes it; undefined
 * where the environment has none.
 */
export async function passphraseIn({
  PULUMI_CONFIG_PASSPHRASE: text,
  PULUMI_CONFIG_PASSPHRASE_FILE: file,
}: StateEnvironment): Promise<string | undefined> {
  if (text !== undefined) return text;
  if (file !== undefined && file !== "") return (await readFile(file, "utf8")).trim();
  return undefined;
}

/**
 * Fault of the passphrase that a stack is encrypted by. Undefined under a key service. Also
 * undefined if the environment has no passphrase, because the CLI says that itself.
 */
export async function weakStatePassphrase(
  stackFile: string,
  environment: StateEnvironment,
): Promise<string | undefined> {
  const { secretsprovider = "passphrase", encryptedkey } = providerOf(stackFile);
  if (encryptedkey !== undefined || secretsprovider !== "passphrase") return undefined;
  const passphrase = await passphraseIn(environment);
  return passphrase === undefined ? undefined : statePassphraseFault(passphrase);
}
