import { CLUSTER } from "./digitalocean/doks.ts";
import { DATABASE, REPLICA } from "./digitalocean/database-address.ts";
import type { Waiting, World } from "./world.ts";

/** DigitalOcean's API is away or slow while something is being made. Drills call these. */

/**
 * Tries after the first one, and the most seconds between two (terraform-provider-digitalocean
 * v2.99.1 `digitalocean/provider.go`, read 2026-11-28).
 */
const RETRIES = 4;
const LONGEST_PAUSE_SECONDS = 30;

/**
 * The API can't be reached for so long. Whoever polls it rides that out, if its tries last
 * (`httpRetryMax`; 60 s with 12 were measured on 2026-11-28). If not, its operation fails and what
 * it waits for goes on, in no state. A database's polling reads the answer that it did not get
 * (`waitForDatabaseCluster`, `waitForDatabaseReplica`) and ends the whole plugin: every operation
 * that waits fails with it. Measured on 2026-11-28 with terraform-provider-digitalocean v2.99.1.
 */
export async function loseApi(world: World, seconds: number): Promise<void> {
  const waiting = [...world.waiting].filter(({ type }) => type.startsWith("digitalocean:"));
  const given = waiting.filter(({ configuration }) => rideOutSeconds(configuration) < seconds);
  const panics = given.some(({ type }) => type === DATABASE || type === REPLICA);
  for (const { type, fail } of panics ? waiting : given)
    fail(
      new Error(
        panics
          ? "Bridged provider panic (provider=digitalocean): runtime error: invalid memory address or nil pointer dereference"
          : `Error trying to read ${type === CLUSTER ? "cluster" : "nodepool"} state: giving up after ${RETRIES + 1} attempt(s)`,
      ),
    );
  await world.clock.wait(seconds);
}

/**
 * The seconds for which a provider tries: pauses of 1, 2, 4 seconds and so on
 * (hashicorp/go-retryablehttp `DefaultBackoff`).
 */
export function rideOutSeconds({ httpRetryMax }: Waiting["configuration"]): number {
  const tries = Number(httpRetryMax ?? RETRIES);
  return Array.from({ length: tries }, (_, at) => Math.min(2 ** at, LONGEST_PAUSE_SECONDS)).reduce(
    (sum, pause) => sum + pause,
    0,
  );
}

/**
 * A create or a resize of databases takes so long. Nobody publishes how long a large one takes; the
 * provider gives up after its create timeout, and waits for a resize by the same one
 * (`waitForDatabaseCluster`, read 2026-11-28). It shows as `creating`, and goes on.
 */
export function slowDatabases(world: World, operation: "create" | "update", seconds: number): void {
  world.slowed.set(`${operation} ${DATABASE}`, seconds);
}
