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

/**
 * Seconds for which a new pod must have been ready before the next old one is removed. A pod that
 * is told to stop drops its connections at once (mastodon/mastodon `streaming/index.js`, SIGTERM).
 * Their clients all ask the other pods, and web, for what they missed. In this time they have
 * settled.
 */
export const STREAMING_SETTLE_SECONDS = 30;

/** Time from the making of a step that waits to its program's first line: a place, an image. */
export const STEP_START_SECONDS = 120;
