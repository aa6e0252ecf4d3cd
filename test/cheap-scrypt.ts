import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/**
 * Fingerprints of secrets cost scrypt's 37 milliseconds each, so that a guess does, too. The fast tests
 * make a thousand of them and guess nothing: theirs cost a sixty-fourth, which was a fifth of all the
 * tests' work. What is compared is made in the same process; a recorded fingerprint, or one that another
 * process is to know again, wants the real cost.
 */

const real = crypto.scryptSync;
const CHEAP_N = 256;

/** Makes scrypt cheap in this process, until the end. */
export function makeScryptCheap(): void {
  replace((password, salt, length, options) =>
    real(password, salt, length, { ...options, N: CHEAP_N }),
  );
}

/** Runs something with the real cost. */
export function withRealScrypt<T>(run: () => T): T {
  replace(real);
  try {
    return run();
  } finally {
    makeScryptCheap();
  }
}

function replace(scrypt: typeof crypto.scryptSync): void {
  crypto.scryptSync = scrypt;
  // What was imported by name follows only when told.
  syncBuiltinESMExports();
}
