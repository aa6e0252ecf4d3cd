import crypto from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { withFrames } from "../../plan/stack-frames.ts";

/** Turns off work of the engine, its SDK and Node whose results a rehearsal doesn't use. */

/**
 * Prevents the CLI's log. At debug level it records every property of every call, encrypted and
 * compressed: a third of an update's time. It has no switch. Without its folder the CLI runs
 * without a log (pulumi/pulumi v3.259.0 `pkg/logging`, StartLogging).
 */
export async function withoutLogs(home: string): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "logs"), "");
}

/**
 * The stack without the SDK's queries after an update: outputs twice, and the history. They are
 * three more commands whose results are unused here.
 */
export function withoutAfterwords(stack: Stack): Stack {
  return Object.assign(Object.create(stack) as Stack, {
    outputs: () => Promise.resolve({}),
    info: () => Promise.resolve(undefined),
  });
}

/**
 * The program without stack traces. The SDK takes one for each promise of a resource, to name those
 * that leak (`@pulumi/pulumi` 3.259.0 `runtime/debuggable.js`): a quarter of a plan's time.
 */
export function withoutTraces(program: PulumiFn): PulumiFn {
  return () => withFrames(0, async () => await program());
}

/**
 * Suppresses the SDK's debug lines in this process. It sends several for each resource, one at a
 * time, and an operation waits for all of them (`@pulumi/pulumi` 3.259.0 `log/index.js`).
 */
export function withoutDebugLines(): void {
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
}

/** Data of one run of a program in the SDK (`runtime/state.js`, LocalStore). */
interface Run {
  stackResource: unknown;
  readonly leakCandidates: Set<unknown>;
  readonly pendingResourceRegistrations: Map<unknown, unknown>;
}

/**
 * The program, which releases its previous run. The SDK never closes a connection to its own
 * callbacks (`@pulumi/pulumi` 3.259.0 `runtime/callbacks.js`). Its timer keeps the run in memory
 * for half an hour: 3 MB, four times in each step of a walk.
 */
export function lettingGo(program: PulumiFn): PulumiFn {
  const { getStore } = state as unknown as { readonly getStore: () => Run };
  let before: Run | undefined;
  return async () => {
    if (before !== undefined) {
      before.stackResource = undefined;
      before.leakCandidates.clear();
      before.pendingResourceRegistrations.clear();
    }
    before = getStore();
    return await program();
  };
}

let remembersScrypt = false;

/**
 * Computes each fingerprint of a secret once in this process, at its real cost. A plan needs a
 * dozen, of the same secrets as the previous plan: a third of its time
 * (`config/secret-keys/fingerprints.ts`).
 */
export function rememberFingerprints(): void {
  if (remembersScrypt) return;
  remembersScrypt = true;
  const real = crypto.scryptSync;
  const made = new Map<string, Buffer>();
  crypto.scryptSync = (password, salt, length, options) => {
    if (typeof password !== "string" || typeof salt !== "string")
      return real(password, salt, length, options);
    const key = JSON.stringify([password, salt, length, options]);
    const known = made.get(key) ?? real(password, salt, length, options);
    made.set(key, known);
    return Buffer.from(known);
  };
  // Named imports are updated only by this call.
  syncBuiltinESMExports();
}
