import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/**
 * Makes scrypt cheap in fast tests. A fingerprint of a secret takes 37 milliseconds, so that
 * guesses are slow. The tests compute a thousand fingerprints and guess nothing. A sixty-fourth of
 * the cost saves a fifth of all the tests' work. Values that are compared come from the same
 * process. A recorded fingerprint, or one for another process, needs the real cost.
 */

const real = crypto.scryptSync;
const CHEAP_N = 256;

/** Makes scrypt cheap in this process, until it ends. */
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
  // Named imports change only after this call.
  syncBuiltinESMExports();
}
