import { fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import { secretFaults, weaknessOf, type HeldSecrets } from "../../input/secret-faults.ts";
import { SECRETS, secretRow, type SecretKey } from "../../config/secret-keys/all.ts";
import { MADE_KEYS } from "./make.ts";

/** State of one secret. */
export interface SecretState {
  readonly key: SecretKey;
  readonly state:
    "there" | "missing" | "changed" | "lost" | "wrong" | "weak" | "not set" | "unguarded";
  /** Messages for the operator about what to do; empty if all is well. Never a value. */
  readonly sentences: readonly string[];
}

/** State of each secret of the table, in its order. */
export function stateOfSecrets(held: HeldSecrets): readonly SecretState[] {
  const faults = secretFaults(held);
  return SECRETS.map(({ key }) => {
    const own = faults.filter((fault) => fault.key === key);
    const [first] = own;
    if (first !== undefined)
      return { key, state: first.kind, sentences: own.map(({ sentence }) => sentence) };
    if (held.values[key] === undefined) return { key, state: "not set", sentences: [] };
    const state = stateByFingerprint(key, held);
    const weak = weaknessOf(key, held);
    return state.state === "there" && weak !== undefined
      ? { key, state: "weak", sentences: [weak] }
      : state;
  });
}

/** For a valid value: whether it is the one whose fingerprint is recorded. */
function stateByFingerprint(key: SecretKey, held: HeldSecrets): SecretState {
  const { stack, values, fingerprints } = held;
  const committed = fingerprints[key];
  if (!MADE_KEYS.includes(key)) return { key, state: "there", sentences: [] };
  if (committed === undefined)
    return {
      key,
      state: "unguarded",
      sentences: [
        `mastodon:${key} has no fingerprint in the stack file, so nobody would notice if it changed. Write it down: npm run secrets -- init`,
      ],
    };
  if (fingerprintOf(stack, key, values[key] ?? "") === committed)
    return { key, state: "there", sentences: [] };
  return {
    key,
    state: "changed",
    sentences: [
      `mastodon:${key} was changed by hand since its fingerprint was written down. ${secretRow(key).lost} If that was meant, write it down: npm run secrets -- init. If not, put the old one back from an earlier commit of the stack file.`,
    ],
  };
}

/** Whether this state should stop a deploy. */
export function isFault({ state }: SecretState): boolean {
  return state !== "there" && state !== "not set" && state !== "weak";
}
