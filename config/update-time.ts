import { FIXED_REPLICAS } from "./resources.ts";
import type { StackConfig } from "./schema.ts";

/**
 * The longest that an update may take, and how much of it each step of a release may use. The Jobs,
 * the CI command that updates (`ops/ci/pulumi.ts`) and the preview's warning read them here.
 */

/**
 * The longest update that CI runs, minutes; then it is asked to stop. GitHub ends a hosted job
 * after 360 (https://docs.github.com/en/actions/reference/limits): the rest is for installing, the
 * preview, and steps that were at work when it was asked. A job that GitHub ends leaves a locked
 * stack.
 */
export const UPDATE_MINUTES = 330;

/** Default of `postgres.migrationMinutes`. */
export const MIGRATION_MINUTES = 75;
/** Default of `search.fillMinutes`. */
export const FILL_MINUTES = 80;

/** The longest that DigitalOcean may take to make one cluster, pool or database, minutes. */
export const CLOUD_MINUTES = 60;
/** Default time that the provider waits for an object in the cluster, minutes. */
const AWAIT_MINUTES = 10;
/**
 * Seconds for which a new pod must have been ready before the next old one is removed. A pod that
 * is told to stop drops its connections at once (mastodon/mastodon `streaming/index.js`, SIGTERM).
 * Their clients all ask the other pods, and web, for what they missed. In this time they have
 * settled.
 */
export const STREAMING_SETTLE_SECONDS = 30;

/** Time from the making of a step that waits to its program's first line: a place, an image. */
export const STEP_START_SECONDS = 120;
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
