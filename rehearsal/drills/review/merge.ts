import { readFile, writeFile } from "node:fs/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { parseDocument } from "yaml";
import type { Images } from "../../../config/images.ts";
import { runStack } from "../../../index.ts";
import { errorsOf, type Operation } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import type { Change, Proposal } from "./change.ts";

/** A proposal and what it is compared with. */
export interface Proposed {
  readonly before: Release;
  readonly after: Release;
}

/** Files of a commit that decide what is deployed. */
export interface Release {
  /** The stack file. */
  readonly text: string;
  readonly images: Images;
}

/** A preview as a pull request's workflow makes it, with the engine's events. */
export interface Previewed {
  readonly operation: Operation;
  readonly events: readonly EngineEvent[];
}

/** Makes the proposal in the world's own stack file and program. */
export async function propose(
  rehearsal: Rehearsal,
  { propose: make }: Change,
  images: Images,
): Promise<Proposed> {
  const { stack } = rehearsal;
  const before = { text: await readFile(stack.stackFile, "utf8"), images };
  let wanted = images;
  const proposal: Proposal = {
    rehearsal,
    images,
    edit: async (edit) => {
      const document = parseDocument(await readFile(stack.stackFile, "utf8"));
      edit(document);
      await writeFile(stack.stackFile, document.toString({ lineWidth: 0 }));
    },
    deploy: (next) => {
      wanted = next;
      stack.deploy(() => runStack(next));
    },
    run: (program) => stack.deploy(program),
  };
  await make?.(proposal);
  return { before, after: { text: await readFile(stack.stackFile, "utf8"), images: wanted } };
}

/** Previews with a refresh, as `.github/workflows/preview.yml` does. */
export async function previewOf(rehearsal: Rehearsal, change: Change): Promise<Previewed> {
  const events: EngineEvent[] = [];
  let killed: Promise<void> | undefined;
  const operation = await rehearsal.stack.preview({
    refresh: true,
    ...environmentOf(change),
    told: (event) => {
      events.push(event);
      if (change.preview === "killed" && event.resourcePreEvent !== undefined)
        killed ??= rehearsal.engine.kill();
    },
  });
  await killed;
  return { operation, events: events.map((event) => rehearsal.stack.asAsked(event)) };
}

/**
 * Deploys it, also after a preview that failed. A killed preview is not merged: a deploy previews
 * again.
 * @throws Error if it fails after its first step, and the preview went through.
 */
export async function deploy(
  rehearsal: Rehearsal,
  change: Change,
  { operation: preview }: Previewed,
  before: Release,
): Promise<Operation> {
  const { stack } = rehearsal;
  const up =
    change.preview === "killed"
      ? preview
      : await stack.up({ refresh: change.accident === true, ...environmentOf(change) });
  if (up.failure === undefined) return up;
  // After a preview that failed, a deploy never begins its update.
  if (preview.failure === undefined && up.steps.length > 0)
    throw new Error(errorsOf(up).join("\n"));
  // What was refused is not merged.
  await writeFile(stack.stackFile, before.text);
  stack.deploy(() => runStack(before.images));
  return up;
}

/** The environment of a pull request from a fork has no secret. */
function environmentOf({ preview }: Change): { environment?: Readonly<Record<string, string>> } {
  return preview === "no secrets" ? { environment: { PULUMI_CONFIG_PASSPHRASE: "" } } : {};
}
