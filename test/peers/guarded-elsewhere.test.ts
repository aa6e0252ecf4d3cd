import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/**
 * Other failures of other projects' infrastructure, and the test that would detect each: file, and
 * part of its name. All others are in `dangers.ts`. `chart` is mastodon/chart and its successor,
 * mastodon/helm-charts.
 */
const GUARDED: readonly (readonly [what: string, file: string, words: string])[] = [
  [
    "chart: a leftover TEST_ENV_VALUE",
    "test/stack/environment.test.ts",
    "no container is given a name that its program doesn't read",
  ],
  [
    "chart: pdb.enable without a template; OTEL read by another name than it is set",
    "test/peers/keys-have-effect.test.ts",
    "the program looks at every key",
  ],
  [
    "chart: statsd, STREAMING_CLUSTER_NUM, names removed long ago",
    "test/stack/environment.test.ts",
    "REMOVED_NAMES",
  ],
  [
    "chart: REDIS_DRIVER=ruby in the migration alone",
    "test/stack/environment.test.ts",
    "reaches Redis and Postgres over TLS that is checked",
  ],
  [
    "chart, toot.community: sslMode no-verify",
    "test/stack/environment.test.ts",
    "no-verify is nowhere",
  ],
  [
    "chart: a CA that is mounted only beside other volumes",
    "test/stack/environment.test.ts",
    "whoever checks the CA has its file",
  ],
  [
    "chart: the post-deployment migration does not wait for the rollout",
    "test/stack/release.test.ts",
    "is done before",
  ],
  [
    "chart: `keep` under an annotation that nobody reads",
    "test/stack/plan.test.ts",
    "exactly these resources hold what can't be made again",
  ],
  [
    "chart: rclone/rclone:1, another program tomorrow",
    "test/stack/pods.test.ts",
    "runs an exact image",
  ],
  [
    "chart: the owner's password in the log of a Job",
    "test/ops/owner-words.test.ts",
    "the password that tootctl makes is shown to nobody",
  ],
  [
    "chart: an owner without --approve",
    "test/ops/owner-words.test.ts",
    "an account that could not be made gets no link",
  ],
  [
    "chart: one scheduler a worker, checked worker by worker",
    "test/stack/sidekiq.test.ts",
    "the scheduler is alone",
  ],
  [
    "chart: Jobs without security context or limits",
    "test/stack/pods.test.ts",
    "can't become root and holds no credential",
  ],
  [
    "chart: all pods restart with each revision",
    "test/infra/certificate.test.ts",
    "a changed CA is another Secret with another name",
  ],
  [
    "toot.community: DB_POOL 25 for web's 5 threads",
    "test/stack/environment.test.ts",
    "DB_POOL is each process's own",
  ],
  [
    "toot.community: a paper that says 4 where 6 run",
    "test/docs/fresh.test.ts",
    "is what the code says",
  ],
  [
    "toot.community: 2,050 connections asked of a pool of 250, of a database of 200",
    "test/config/capacity.test.ts",
    "grow with every part that is added",
  ],
  [
    "toot.community: no alert for a Service without pods",
    "observability/rules.test.yaml",
    "a Service whose pods lost its labels pages",
  ],
  [
    "widdix: encryption keys set to their own names",
    "test/config/secret-faults.test.ts",
    "a key that is its own variable's name",
  ],
  [
    "widdix: all services hold all secrets",
    "test/stack/secret-readers.test.ts",
    "is read by those whom the table names",
  ],
  [
    "widdix: Redis 5.0.6 under a Mastodon that needs 7",
    "test/golden/messages.txt",
    "was never rehearsed with Mastodon",
  ],
  [
    "widdix: Redis without TLS",
    "test/stack/environment.test.ts",
    "reaches Redis and Postgres over TLS that is checked",
  ],
  [
    "vmst.io: port and pool edited by hand for each migration",
    "test/stack/environment.test.ts",
    "uses the direct port: advisory locks are lost",
  ],
  [
    "hachyderm: `3_BUCKET` in the place of S3_BUCKET",
    "test/ops/env-import.test.ts",
    "names what was probably meant by a variable that Mastodon never read",
  ],
  [
    "hachyderm: Redis open for a week after a firewall did not come back",
    "test/infra/databases.test.ts",
    "every database is behind its firewall",
  ],
  [
    "hachyderm: a certificate of the media host that ended",
    "test/infra/alerts.test.ts",
    "of each host it is told when it is down and when its certificate ends",
  ],
  [
    "nobody refuses a skipped minor version",
    "test/config/upgrade.test.ts",
    "a release that a running server can't go to is refused",
  ],
  [
    "nobody checks that the halves of VAPID are a pair",
    "test/config/secret-faults.test.ts",
    "a VAPID pair of two pairs",
  ],
];

test.each(GUARDED)("%s: a test of that is there", (_what, file, words) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  expect(text).toContain(words);
});

test("no row twice, and none of a test that is not run", () => {
  expect(new Set(GUARDED.map(([what]) => what)).size).toBe(GUARDED.length);
  for (const [, file] of GUARDED) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    expect(text, file).not.toMatch(/\.(skip|todo|only)\(/u);
  }
});
