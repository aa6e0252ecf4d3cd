import { fingerprintOf, type Fingerprints } from "../config/secret-keys/fingerprints.ts";
import { placeholderIn } from "./placeholders.ts";
import { type SecretKey, secretRow, SECRETS } from "../config/secret-keys/all.ts";
import type { SecretRow } from "../config/secret-keys/row.ts";
import type { Fault } from "../domain/fault.ts";
import { belongTogether, publicHalfOf } from "../config/secret-keys/vapid.ts";

/**
 * Faults of a stack's secrets, in messages that show none of them. Checked before the first
 * resource: a server that starts with a wrong key writes data that the right key can't read.
 */

/** The secrets of a stack. */
export interface HeldSecrets {
  /** The stack's short name. */
  readonly stack: string;
  /** Plain values by key; a key that is not set is missing. */
  readonly values: Readonly<Partial<Record<SecretKey, string>>>;
  /**
   * Keys that are known to be unencrypted in the stack file. Only the CLI reports that; the program
   * in a preview can't know.
   */
  readonly inTheClear: readonly SecretKey[];
  /** Fingerprints in the stack file. */
  readonly fingerprints: Fingerprints;
  /**
   * Whether the data is an older server's (`postgres.origin.movedIn`). Its keys are then valid in
   * any form, because only they decrypt it. Default: no.
   */
  readonly movedIn?: boolean;
}

/** One fault. */
export interface SecretFault {
  readonly key: SecretKey;
  readonly kind: "missing" | "lost" | "changed" | "wrong";
  /** A sentence that begins with the key and does not show the value. */
  readonly sentence: string;
}

const RESTORE =
  "Put the old one back: from an earlier commit of the stack file, or from the escrow bundle (docs/secrets.md). If neither has it, read there what to do before anything else";

/**
 * All faults, in the table's order. A missing optional secret is no fault here, because the
 * configuration determines whether it is needed.
 */
export function secretFaults(held: HeldSecrets): readonly SecretFault[] {
  return [
    ...SECRETS.flatMap(({ key }) => faultsOfOne(key, held)),
    ...pairFaults(held),
    ...twinFaults(held),
  ];
}

/** The fault of a secret that is not encrypted in the stack file. */
export function inTheClear(key: SecretKey): Fault {
  return {
    code: "secret-in-the-clear",
    key,
    message: `mastodon:${key} ${IN_THE_CLEAR}`,
    cures: [],
  };
}

const IN_THE_CLEAR =
  "is in the stack file unencrypted, so everyone who can read the repository has it. Make a new one, because this one is known now, and set it from standard input with --secret";

function faultsOfOne(key: SecretKey, held: HeldSecrets): readonly SecretFault[] {
  const row = secretRow(key);
  const value = held.values[key];
  const committed = held.fingerprints[key];
  const fault = (kind: SecretFault["kind"], words: string): SecretFault => ({
    key,
    kind,
    sentence: `mastodon:${key} ${words}.`,
  });
  if (value === undefined) {
    if (row.change === "never" && committed !== undefined)
      return [
        fault(
          "lost",
          `is gone, and a fingerprint says that it was there. What dies without it: ${row.lost} ${RESTORE}`,
        ),
      ];
    return row.needed === "always" ? [fault("missing", "is missing")] : [];
  }
  if (row.change === "never" && committed !== undefined)
    if (fingerprintOf(held.stack, key, value) !== committed)
      return [
        fault(
          "changed",
          `is not the key whose fingerprint stands in the stack file, and it must never change. What dies without the old one: ${row.lost} ${RESTORE}`,
        ),
      ];
  const odd = isBrought(key, held) ? undefined : oddityOf(row, value);
  return [
    ...(held.inTheClear.includes(key) ? [fault("wrong", IN_THE_CLEAR)] : []),
    ...(odd === undefined ? [] : [fault("wrong", `${odd}. Expected: ${row.format.words}`)]),
  ];
}

/** Fault of a single value, to be read after the key. */
function oddityOf(row: SecretRow, value: string): string | undefined {
  return (
    placeholderIn(row, value) ??
    (row.format.pattern.test(value) ? undefined : `has the wrong form (${value.length} characters)`)
  );
}

/** Whether a key came with the data of an older server, and must not change. */
function isBrought(key: SecretKey, { movedIn, values }: HeldSecrets): boolean {
  // No process can have an empty variable, or one with a NUL in it.
  return (
    movedIn === true && secretRow(key).change === "never" && /^[^\0]+$/u.test(values[key] ?? "")
  );
}

/**
 * Weakness of a key that an older server brought, as a sentence. Undefined if there is none. It is
 * not a fault, because the server's data is encrypted with the key.
 */
export function weaknessOf(key: SecretKey, held: HeldSecrets): string | undefined {
  const value = held.values[key];
  if (value === undefined || !isBrought(key, held)) return undefined;
  const odd = oddityOf(secretRow(key), value);
  return odd === undefined
    ? undefined
    : `mastodon:${key} ${odd}. The old server's data is written with it, so it stays; Mastodon can't change it. Whoever guesses it still needs a copy of the database: guard its dumps. What else can be done: docs/secrets.md, "A weak key of an old server".`;
}

function pairFaults({ values }: HeldSecrets): readonly SecretFault[] {
  const { vapidPrivateKey: privateKey, vapidPublicKey: publicKey } = values;
  if (privateKey === undefined || publicKey === undefined) return [];
  // Values of the wrong form were already reported.
  for (const [key, value] of [
    ["vapidPrivateKey", privateKey],
    ["vapidPublicKey", publicKey],
  ] as const)
    if (!secretRow(key).format.pattern.test(value)) return [];
  const wrong = (key: SecretKey, words: string): readonly SecretFault[] => [
    { key, kind: "wrong", sentence: `mastodon:${key} ${words}.` },
  ];
  if (publicHalfOf(privateKey) === undefined)
    return wrong("vapidPrivateKey", "is no private key of P-256: 0, or beyond the curve's order");
  if (belongTogether(privateKey, publicKey)) return [];
  return wrong(
    "vapidPublicKey",
    "does not belong to mastodon:vapidPrivateKey: every push notification would be refused. Set both of one pair, or make a new one: npm run secrets -- rotate vapidPrivateKey",
  );
}

function twinFaults(held: HeldSecrets): readonly SecretFault[] {
  const { values } = held;
  const keys = SECRETS.map(({ key }) => key).filter((key) => values[key] !== undefined);
  return keys.flatMap((key, at): readonly SecretFault[] => {
    const twins = keys
      .slice(0, at)
      .filter(
        (other) =>
          values[other] === values[key] &&
          !(isGiven(key) && isGiven(other)) &&
          !(isBrought(key, held) && isBrought(other, held)),
      );
    return twins.length === 0
      ? []
      : [
          {
            key,
            kind: "wrong",
            sentence: `mastodon:${key} has the same value as mastodon:${twins[0]}: each needs its own.`,
          },
        ];
  });
}

/**
 * Two secrets of external services may have one value: Postmark's token is login and password, and
 * a provider's bulk mail may use the same.
 */
function isGiven(key: SecretKey): boolean {
  return secretRow(key).recipe.kind === "given";
}

/**
 * All faults as the one message of a refusal; undefined if there is none.
 * @param faults those of {@link secretFaults}, with those of optional secrets that this
 * configuration needs.
 */
export function secretRefusal(faults: readonly SecretFault[]): string | undefined {
  const missing = faults.filter(({ kind }) => kind === "missing");
  const others = faults.filter(({ kind }) => kind !== "missing");
  if (faults.length === 0) return undefined;
  return [
    ...(others.length === 0
      ? []
      : [
          `The stack's secrets have ${others.length === 1 ? "a fault" : `${others.length} faults`}; nothing was changed:`,
          ...others.map(({ sentence }) => `  ${sentence}`),
        ]),
    ...(missing.length === 0
      ? []
      : [
          `The stack lacks ${missing.length} of its secrets; nothing was changed. A new server's are made by: npm run secrets -- init`,
          "Those of a server that moves in are set one by one, by standard input:",
          ...missing.map(({ key }) => `  pulumi config set --secret mastodon:${key}`),
        ]),
    "What each of them is: docs/secrets.md.",
  ].join("\n");
}
