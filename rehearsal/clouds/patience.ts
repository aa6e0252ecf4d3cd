import { type OperationContext, secondsOf } from "./operations.ts";
import { Refusal } from "./refusal.ts";
import type { ResourceRow } from "./rows.ts";

/**
 * Timeout of the provider for an operation, in real seconds; undefined if it does not wait.
 * @throws if the program sets a timeout that the provider ignores. The real one only warns in each
 * preview.
 */
export function timeoutOf(
  row: ResourceRow,
  operation: "create" | "update" | "delete",
  customSeconds: number,
): number | undefined {
  const heeded: Readonly<Record<string, number>> = row.timeouts ?? {};
  if (customSeconds > 0 && heeded[operation] === undefined)
    throw new Error(
      `customTimeouts.${operation} of ${row.type}: the real provider ignores it, with a warning. Take it out of the program; heeded here: ${Object.keys(heeded).join(", ") || "none"}.`,
    );
  return customSeconds > 0 ? customSeconds : heeded[operation];
}

/**
 * Longest pause of Terraform's SDK between two tries (hashicorp/terraform-plugin-sdk
 * `helper/retry/state.go`).
 */
const PAUSE_SECONDS = 10;

/**
 * Default of Terraform's SDK for a resource without a timeout (hashicorp/terraform-plugin-sdk
 * `helper/schema/resource_timeout.go`).
 */
const DEFAULT_TIMEOUT_SECONDS = 20 * 60;

/**
 * Retries, as the real provider does, while the API answers with a status that the row names and
 * the timeout lasts.
 */
export async function retrying<T>(
  row: ResourceRow,
  operation: "create" | "delete",
  { world }: OperationContext,
  timeoutSeconds: number | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  for (let waited = 0; ; waited += PAUSE_SECONDS)
    try {
      return await ask();
    } catch (error) {
      const again =
        error instanceof Refusal && row.retried?.[operation]?.includes(error.answer.status);
      if (again !== true || waited >= (timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS)) throw error;
      await world.clock.wait(PAUSE_SECONDS);
    }
}

/**
 * Waits until the object runs, as the real provider polls for it. It fails at the timeout, and if
 * an incident breaks the polling. In both cases the creation continues, and the object is in no
 * state.
 */
export async function waitFor(
  ready: Promise<void>,
  row: ResourceRow,
  operation: "create" | "update",
  context: OperationContext,
  timeoutSeconds: number | undefined,
): Promise<void> {
  const { waiting, clock } = context.world;
  // In the cloud's own time, so that the speed of this machine's servers decides no result.
  const tooLong =
    timeoutSeconds !== undefined && secondsOf(row, operation, context) > timeoutSeconds;
  const { promise, reject: fail } = Promise.withResolvers<never>();
  const waits = { type: row.type, configuration: context.configuration, fail };
  waiting.add(waits);
  try {
    await Promise.race([promise, tooLong ? clock.wait(timeoutSeconds) : ready]);
  } finally {
    waiting.delete(waits);
  }
  if (tooLong)
    throw new Error(
      row.outlasted?.[operation] ??
        `The ${operation} of ${row.type} takes more than ${timeoutSeconds} s.`,
    );
}
