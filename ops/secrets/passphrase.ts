import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { statePassphraseFault } from "../../input/passphrase.ts";
import type { StateEnvironment } from "./state-environment.ts";
import { providerOf } from "./stack-file.ts";

/** Alphabet of RFC 4648, in small letters. Only l and i look alike. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** 26 characters of 5 bits: 130 bits. */
const LENGTH = 26;
const GROUP = 5;

/** Creates a passphrase: 26 random letters and digits in groups, as `k3q7d-…`. */
export function makePassphrase(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => BASE32[byte % BASE32.length]).join("");
  return letters.match(new RegExp(`.{1,${GROUP}}`, "gu"))!.join("-");
}

/**
 * The passphrase for stack file and state, from the places where Pulumi looks for it; undefined if
 * the environment has none.
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
 * Fault of the passphrase with which a stack is encrypted. Undefined with a key service, and
 * without a passphrase in the environment, because the CLI reports that itself.
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
