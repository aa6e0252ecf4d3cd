import { FIXED_REPLICAS } from "./resources.ts";
import type { StackConfig } from "../config/schema.ts";
import {
  CLOUD_MINUTES,
  STEP_START_SECONDS,
  STREAMING_SETTLE_SECONDS,
  UPDATE_MINUTES,
} from "../config/update-time.ts";

/** The longest that an update of a configuration may take, of the times in `update-time.ts`. */

/** Default time that the provider waits for an object in the cluster, minutes. */
const AWAIT_MINUTES = 10;
/** Time that one pod of a rollout takes, seconds: its start, and what streaming settles. */
const POD_SECONDS = 2 * STREAMING_SETTLE_SECONDS;

/**
 * The longest that rollouts may take which go on at once, seconds.
 * @param pods number of pods of the largest of them: they are replaced one by one.
 */
export function rolloutSeconds(pods: number): number {
  return AWAIT_MINUTES * 60 + pods * POD_SECONDS;
}

/** The most pods that any Deployment of a release has. */
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
 * The longest chain of an update, minutes: a pool that is made anew, the preflight, the grants, the
 * two migrations with the rollouts between them, and the search indices at the end. The cluster is
 * not in it: in an update that makes one, no migration has old rows to go through.
 */
export function longestUpdateMinutes(config: UpdateConfig): number {
  const { postgres, search } = config;
  const beforeTheSchema = CLOUD_MINUTES + 2 * AWAIT_MINUTES;
  const rollouts = (STEP_START_SECONDS + rolloutSeconds(mostPodsOf(config))) / 60;
  return Math.ceil(
    beforeTheSchema + 2 * postgres.migrationMinutes + rollouts + (search?.fillMinutes ?? 0),
  );
}

/** All of the configuration that an update's length depends on. */
type UpdateConfig = Pick<StackConfig, "postgres" | "web" | "streaming" | "sidekiq" | "search">;

/** Warning of a preview if CI would end the update before the update's own deadlines do. */
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
