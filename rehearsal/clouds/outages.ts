import { CLUSTER } from "./digitalocean/doks.ts";
import { DATABASE, REPLICA } from "./digitalocean/database-address.ts";
import type { Waiting, World } from "./world.ts";

/** DigitalOcean's API is down or slow during a create. Drills call these. */

/**
 * Number of retries, and the longest pause between two tries, seconds
 * (terraform-provider-digitalocean v2.99.1 `digitalocean/provider.go`, read 2026-11-28).
 */
const RETRIES = 4;
const LONGEST_PAUSE_SECONDS = 30;

/**
 * The API is unreachable for some seconds. A provider that polls it survives if its retries last
 * longer (`httpRetryMax`; 60 s with 12 were measured on 2026-11-28). If not, its operation fails,
 * and the object is created in the cloud but in no state.
 *
 * A failed poll of a database reads the missing answer (`waitForDatabaseCluster`,
 * `waitForDatabaseReplica`) and crashes the whole plugin. Every waiting operation fails with it.
 * Measured on 2026-11-28 with terraform-provider-digitalocean v2.99.1.
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
 * Seconds for which a provider retries: pauses of 1, 2, 4 seconds and so on
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
 * Slows the create or resize of databases. The duration of a large one is not published. The
 * provider gives up after its create timeout, which it also uses for a resize
 * (`waitForDatabaseCluster`, read 2026-11-28). The database shows as `creating`, and its creation
 * continues.
 */
export function slowDatabases(world: World, operation: "create" | "update", seconds: number): void {
  world.slowed.set(`${operation} ${DATABASE}`, seconds);
}
