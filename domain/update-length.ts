import { FIXED_REPLICAS } from "./resources.ts";
import type { StackConfig } from "../config/schema.ts";
import {
  CLOUD_MINUTES,
  STEP_START_SECONDS,
  STREAMING_SETTLE_SECONDS,
  UPDATE_MINUTES,
} from "../config/update-time.ts";

/** Maximum duration of a configuration's update, from the times in `update-time.ts`. */

/** Default timeout of the provider for an object in the cluster, minutes. */
const AWAIT_MINUTES = 10;
/** Time for one pod of a rollout, seconds: its start, and the time in which streaming settles. */
const POD_SECONDS = 2 * STREAMING_SETTLE_SECONDS;

/**
 * Maximum duration of rollouts that run at the same time, seconds.
 * @param pods number of pods of the largest of them, which are replaced one by one.
 */
export function rolloutSeconds(pods: number): number {
  return AWAIT_MINUTES * 60 + pods * POD_SECONDS;
}

/** Maximum number of pods of any Deployment in a release. */
export function mostPodsOf({
  web,
  streaming,
  sidekiq,
}: Pick<StackConfig, "web" | "streaming" | "sidekiq">): number {
  return Math.max(
    FIXED_REPLICAS.connector,
    web.maxReplicas,
    streaming.replicas,
    ...sidekiq.map((group) => group.maxReplicas),
  );
}

/**
 * The longest chain of an update, minutes. It is a replaced pool, the preflight, the grants, the
 * two migrations with the rollouts between them, and the search indices. It excludes the cluster,
 * because an update that creates one has no old rows to migrate.
 */
export function longestUpdateMinutes(config: UpdateConfig): number {
  const { postgres, search } = config;
  const beforeTheSchema = CLOUD_MINUTES + 2 * AWAIT_MINUTES;
  const rollouts = (STEP_START_SECONDS + rolloutSeconds(mostPodsOf(config))) / 60;
  return Math.ceil(
    beforeTheSchema + 2 * postgres.migrationMinutes + rollouts + (search?.fillMinutes ?? 0),
  );
}

/** Configuration keys on which an update's duration depends. */
type UpdateConfig = Pick<StackConfig, "postgres" | "web" | "streaming" | "sidekiq" | "search">;

/** Warning of a preview if CI would end the update before the update's own time limits. */
export function updateTimeWarning(config: UpdateConfig): string | undefined {
  const minutes = longestUpdateMinutes(config);
  if (minutes <= UPDATE_MINUTES) return undefined;
  const keys = [
    `mastodon:postgres.migrationMinutes is ${config.postgres.migrationMinutes}`,
    ...(config.search === undefined
      ? []
      : [`mastodon:search.fillMinutes is ${config.search.fillMinutes}`]),
  ];
  return (
    `${keys.join(" and ")}: an update may take ${minutes} minutes, and CI stops one after ` +
    `${UPDATE_MINUTES}. Run this update from a machine that stays on: docs/operate.md, ` +
    `"A migration that takes longer".`
  );
}
