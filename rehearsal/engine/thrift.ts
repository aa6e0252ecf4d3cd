import crypto from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { withFrames } from "../../plan/stack-frames.ts";

/** Work that the engine, its SDK and Node do for an operator, and that nobody reads in a rehearsal. */

/**
 * Keeps the CLI from its log. It writes every property of every call into it at debug level,
 * encrypted and compressed: a third of the time of an update. It has no switch, and goes on without
 * a log where it can't make the folder (pulumi/pulumi v3.259.0 `pkg/logging`, StartLogging).
 */
export async function withoutLogs(home: string): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "logs"), "");
}

/**
 * The stack without what the SDK asks after an update, outputs twice and the history: three more
 * commands, and nobody reads their answers here.
 */
export function withoutAfterwords(stack: Stack): Stack {
  return Object.assign(Object.create(stack) as Stack, {
    outputs: () => Promise.resolve({}),
    info: () => Promise.resolve(undefined),
  });
}

/**
 * The program without stack traces. The SDK takes one for each promise that a resource makes, to
 * name those that leak (`@pulumi/pulumi` 3.259.0 `runtime/debuggable.js`): a quarter of a plan.
 */
export function withoutTraces(program: PulumiFn): PulumiFn {
  return () => withFrames(0, async () => await program());
}

/**
 * Keeps the SDK from its debug lines in this process. It sends several for each resource, one after
 * the other, and an operation waits for all of them (`@pulumi/pulumi` 3.259.0 `log/index.js`).
 */
export function withoutDebugLines(): void {
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
}

/** Things of one run of a program, as the SDK keeps them (`runtime/state.js`, LocalStore). */
interface Run {
  stackResource: unknown;
  readonly leakCandidates: Set<unknown>;
  readonly pendingResourceRegistrations: Map<unknown, unknown>;
}

/**
 * The program that lets go of its run before. A connection of the SDK's, to its own callbacks, is
 * never closed (`@pulumi/pulumi` 3.259.0 `runtime/callbacks.js`), and its timer holds the run for
 * half an hour: 3 MB, four times in each step of a walk.
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
 * Makes each fingerprint of a secret once in this process, at its real cost. A plan makes a dozen,
 * of the same secrets as the plan before: a third of its time
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
  // What was imported by name follows only when told.
  syncBuiltinESMExports();
}
