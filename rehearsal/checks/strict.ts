import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { nameOf, type StateResource } from "../engine/operation.ts";
import type { AskedObject } from "../engine/asked-objects.ts";
import { checkOf, type Check } from "./check.ts";

/** A misspelled field, which must be refused. Otherwise this check proves nothing. */
const MISSPELLED = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "misspelled", namespace: "default" },
  dta: {},
};

/** The API server that receives the objects. */
export interface StrictServer {
  /** Path of a `kubectl`. */
  readonly kubectl: string;
  readonly kubeconfig: string;
}

/**
 * Checks that the API server knows every field of every object. The provider silently drops a field
 * that it doesn't know, so a misspelled one is never sent.
 * @param resources the state, for names that the provider generated.
 */
export async function checkStrict(
  objects: readonly AskedObject[],
  resources: readonly StateResource[],
  server: StrictServer,
): Promise<Check> {
  const items = objects.map((object) => withName(object, resources));
  // One object at a time, because kubectl reports several in one line.
  const [refusal, control] = await Promise.all([
    dryRun(items, server),
    dryRun([MISSPELLED], server),
  ]);
  return checkOf(
    "the API server knows every field of every object, and refuses a misspelled one",
    [
      ...(objects.length === 0 ? ["the program asked for no object"] : []),
      ...(refusal === undefined ? [] : [refusal]),
      ...(control?.includes("dta") === true ? [] : [`it says to a misspelled one: ${control}`]),
    ],
    `${items.length} objects`,
  );
}

function withName({ type, name, inputs }: AskedObject, resources: readonly StateResource[]) {
  const made = resources.find((each) => each.type === type && nameOf(each.urn) === name);
  const { metadata } = (made?.outputs ?? {}) as { readonly metadata?: { readonly name?: string } };
  return {
    ...inputs,
    metadata: { name: metadata?.name, ...(inputs["metadata"] as object | undefined) },
  };
}

/** Refusal of objects by `kubectl` in a dry run; undefined if it accepts them. */
async function dryRun(items: readonly object[], server: StrictServer): Promise<string | undefined> {
  const child = spawn(
    server.kubectl,
    [
      ...["--kubeconfig", server.kubeconfig, "apply", "--server-side", "--force-conflicts"],
      ...["--dry-run=server", "--validate=strict", "-f", "-"],
    ],
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  const ended = once(child, "close");
  child.stdin.end(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const said = await text(child.stderr);
  await ended;
  return child.exitCode === 0 ? undefined : said.trim();
}
