/**
 * Time limit of an update, and each step's share of it. The Jobs, the CI command that updates
 * (`ops/ci/pulumi.ts`) and the preview's warning use these values.
 */

/**
 * Time limit of an update in CI, minutes; then it is asked to stop. GitHub ends a hosted job after
 * 360 (https://docs.github.com/en/actions/reference/limits). The rest is for the installation, the
 * preview, and steps that are running at that time. A job that GitHub ends leaves a locked stack.
 */
export const UPDATE_MINUTES = 330;

/** Default of `postgres.migrationMinutes`. */
export const MIGRATION_MINUTES = 75;

/** Default of `search.fillMinutes`. */
export const FILL_MINUTES = 80;

/** Time in which DigitalOcean must create one cluster, pool or database, minutes. */
export const CLOUD_MINUTES = 60;

/**
 * Seconds for which a new pod must be ready before the next old one is stopped. A pod drops its
 * connections at SIGTERM (mastodon/mastodon `streaming/index.js`). Its clients then request what
 * they missed from the other pods, and from web. They settle in this time.
 */
export const STREAMING_SETTLE_SECONDS = 30;

/**
 * Time from the creation of a waiting step to its program's first line: scheduling, and the image.
 */
export const STEP_START_SECONDS = 120;
