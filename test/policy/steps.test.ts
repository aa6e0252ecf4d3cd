import { describe, expect, test } from "vitest";
import { lifeAfter } from "../../domain/data-life.ts";
import { runningAs } from "../../domain/deployed-state.ts";
import { imagesOf } from "../../domain/images.ts";
import { FIRST_RELEASE } from "../../domain/release.ts";
import { parseConfig } from "../../input/parse.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { stepFindings } from "../../policy/steps/all.ts";
import { stepContextOf } from "../../policy/steps/context.ts";
import { LOST_WITH } from "../../policy/steps/held-data.ts";
import type { StepContext } from "../../policy/steps/rule.ts";
import type { StepView } from "../../policy/views.ts";
import { BASE, withValue } from "../config/base.ts";
import { EVERY_OPTION } from "../config/every-option.ts";
import { createdFirst, deletedFirst, step, type Thing } from "./step.ts";

/** Steps that a reviewer must not have to find in a diff of 80,000 characters. */

const POSTGRES: Thing = {
  type: "digitalocean:index/databaseCluster:DatabaseCluster",
  name: "postgres-cluster",
  protect: true,
};
const CACHE: Thing = { ...POSTGRES, name: "cache-cluster", protect: false };
const ROLE: Thing = {
  type: "digitalocean:index/databaseUser:DatabaseUser",
  name: "postgres-streaming",
};
const deployment = (name: string, namespace = "mastodon"): Thing => ({
  type: "kubernetes:apps/v1:Deployment",
  name,
  id: `${namespace}/${name}`,
  inputs: { metadata: { namespace } },
});
const WEB = deployment("web");
const DOKS: Thing = {
  type: "digitalocean:index/kubernetesCluster:KubernetesCluster",
  name: "cluster-doks",
};
const RECORD: Thing = { type: "cloudflare:index/dnsRecord:DnsRecord", name: "edge-example.social" };

const CONTEXT: StepContext = { stack: "prod", left: [], anew: [], unlocked: {} };
const unlocked = (...things: readonly Thing[]): StepContext => ({
  ...CONTEXT,
  unlocked: Object.fromEntries(
    things.map(({ name, id = `id-of-${name}` }) => [
      name,
      { id, because: "why", at: "20261129T120000Z" },
    ]),
  ),
});

/** Rule and resource of each finding. */
function found(steps: readonly StepView[], context: StepContext = CONTEXT): readonly string[] {
  return stepFindings(steps, context).map(({ rule, urn = "" }) =>
    `${rule} ${urn.split("::").at(-1)}`.trim(),
  );
}

const LOSS = "no-loss-without-an-unlock";
const OUTAGE = "no-outage-without-a-name";
const AGAIN = "nothing-protected-made-again";
const SPENT = "no-spent-unlock";

describe("what is lost for good needs an unlock", () => {
  test.each<readonly [string, readonly StepView[], readonly string[]]>([
    ["deleted", [step("delete", POSTGRES)], [`${LOSS} postgres-cluster`]],
    ["replaced, deleted first", deletedFirst(POSTGRES), [`${LOSS} postgres-cluster`]],
    ["replaced, created first", createdFirst(POSTGRES), [`${LOSS} postgres-cluster`]],
    [
      "deleted after somebody took its protection away",
      [step("delete", { ...POSTGRES, protect: false })],
      [`${LOSS} postgres-cluster`],
    ],
    ["changed in place", [step("update", POSTGRES)], []],
    ["left as it is", [step("same", POSTGRES)], []],
    [
      "forgotten, and kept by its cloud",
      [step("delete", { ...POSTGRES, retainOnDelete: true })],
      [],
    ],
    ["a cache", deletedFirst(CACHE), []],
    ["a role that owns nothing", deletedFirst(ROLE), []],
    [
      "something of a type that nobody listed, but protected",
      [step("delete", { type: "a:b:C", name: "other", protect: true })],
      [`${LOSS} other`],
    ],
  ])("%s", (_name, steps, findings) => {
    expect(found(steps)).toEqual(findings);
  });

  test("and the unlock opens exactly the one whose id it has", () => {
    expect(found([step("delete", POSTGRES)], unlocked(POSTGRES))).toEqual([]);
    expect(found([step("delete", POSTGRES)], unlocked({ ...POSTGRES, id: "former" }))).toEqual([
      `${LOSS} postgres-cluster`,
      SPENT,
    ]);
    expect(
      found([step("delete", POSTGRES)], unlocked({ ...POSTGRES, name: "valkey-cluster" })),
    ).toEqual([`${LOSS} postgres-cluster`, SPENT]);
  });

  test("every type that the stack protects has a word for what goes with it", async () => {
    const plans = [
      await planStack(),
      await planStack({ ...BASE, media: { storage: "spaces" }, backup: EVERY_OPTION.backup }),
    ];
    const types = new Set(
      plans.flatMap(({ resources }) =>
        resources.filter(({ protect }) => protect).map(({ type }) => type),
      ),
    );
    expect(types.size).toBeGreaterThan(5);
    expect([...types].filter((type) => !(type in LOST_WITH))).toEqual([]);
  });
});

describe("no outage without a name", () => {
  test.each<readonly [string, readonly StepView[], readonly string[]]>([
    ["web goes first", deletedFirst(WEB), [`${OUTAGE} web`]],
    ["web's new one is there before", createdFirst(WEB), []],
    ["web is rolled out", [step("update", WEB)], []],
    ["web is deleted", [step("delete", WEB)], [`${OUTAGE} web`]],
    ["a group of Sidekiq is dropped", [step("delete", deployment("sidekiq-pull"))], []],
    [
      "a group of Sidekiq goes first",
      deletedFirst(deployment("sidekiq-pull")),
      [`${OUTAGE} sidekiq-pull`],
    ],
    ["metrics-server goes first", deletedFirst(deployment("metrics-server", "kube-system")), []],
    ["the cluster becomes another one", createdFirst(DOKS), [`${OUTAGE} cluster-doks`]],
    ["the cluster is upgraded", [step("update", DOKS)], []],
    [
      "one of two goes first",
      [...createdFirst(WEB), ...deletedFirst(deployment("streaming"))],
      [`${OUTAGE} streaming`],
    ],
  ])("%s", (_name, steps, findings) => {
    expect(found(steps)).toEqual(findings);
  });

  test("an unlock of a Deployment opens no successor of the same name", () => {
    const withUid = (uid: string): Thing => ({ ...WEB, outputs: { metadata: { uid } } });
    const open = unlocked({ ...WEB, id: "uid-of-web" });
    expect(found(deletedFirst(withUid("uid-of-web")), open)).toEqual([]);
    expect(found(deletedFirst(withUid("another-uid")), open)).toEqual([`${OUTAGE} web`, SPENT]);
  });

  test("one line unlocks all that go together", () => {
    const streaming = deployment("streaming");
    const steps = [...deletedFirst(WEB), ...deletedFirst(streaming)];
    const cures = stepFindings(steps, CONTEXT).map(({ cure }) => cure);
    expect(new Set(cures)).toEqual(
      new Set(['npm run unlock -- web streaming --because "why" --stack prod']),
    );
    expect(found(steps, unlocked(WEB))).toEqual([`${OUTAGE} streaming`]);
    expect(found(steps, unlocked(WEB, streaming))).toEqual([]);
  });
});

describe("nothing protected is made a second time", () => {
  const config = parseConfig(BASE);
  const { data } = lifeAfter(
    undefined,
    config,
    imagesOf(config, FIRST_RELEASE.images).mastodon,
    new Date(),
  );
  const running = runningAs(config, FIRST_RELEASE, data);
  const tunnel: Thing = {
    type: "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",
    name: "tunnel-tunnel",
    protect: true,
  };
  const all = (...things: readonly Thing[]) => things.map((thing) => step("create", thing));
  const of = (raw: Parameters<typeof parseConfig>[0], before: typeof running | undefined) =>
    stepContextOf("prod", parseConfig(raw), before);

  test("a database, or a way in, that the last update left", () => {
    expect(found(all(POSTGRES, tunnel), of(BASE, running))).toEqual([
      `${AGAIN} postgres-cluster`,
      `${AGAIN} tunnel-tunnel`,
    ]);
  });

  test("in a stack that has never run all of it is made", () => {
    expect(found(all(POSTGRES, tunnel), of(BASE, undefined))).toEqual([]);
  });

  test("a protected thing that an option adds is made", () => {
    const bucket: Thing = {
      type: "cloudflare:index/r2Bucket:R2Bucket",
      name: "backups-bucket",
      protect: true,
    };
    expect(found(all(bucket), of(BASE, running))).toEqual([]);
  });

  test("with `anew` raised it is made, and with another life of the data the database", () => {
    expect(found(all(tunnel), of({ ...BASE, anew: { "tunnel-tunnel": 1 } }, running))).toEqual([]);
    const reborn = {
      ...BASE,
      postgres: { ...BASE.postgres, origin: { epoch: 2 } },
      stopped: ["web", "streaming", "sidekiq"],
    };
    expect(found(all(POSTGRES), of(reborn, running))).toEqual([]);
  });

  test("a second cluster beside the first, which a restore makes, is made", () => {
    const restored = { ...POSTGRES, name: "postgres-2-cluster" };
    const cluster = {
      id: "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30",
      name: "postgres-cluster-8efc904-fork",
    };
    const raw = withValue(BASE, "postgres.origin", { since: "2025-03-02", number: 2, cluster });
    expect(found(all(restored), of(raw, running))).toEqual([]);
    expect(found(all(restored), of(raw, { ...running, data: { ...data, number: 2 } }))).toEqual([
      `${AGAIN} postgres-2-cluster`,
    ]);
  });
});

describe("a name that resolvers ask for", () => {
  test("is never without a record unseen", () => {
    expect(found(deletedFirst(RECORD))).toEqual(["no-dns-gap edge-example.social"]);
    expect(found(createdFirst(RECORD))).toEqual([]);
    expect(found([step("delete", RECORD)])).toEqual([]);
  });
});

describe("a spent unlock is seen", () => {
  test.each<readonly [string, readonly StepView[], readonly string[]]>([
    ["its resource is there as it was", [step("same", WEB)], []],
    ["its resource has another id", [step("same", { ...WEB, id: "mastodon/other" })], [SPENT]],
    ["its resource is gone", [step("same", RECORD)], [SPENT]],
    [
      "a refused preview shows nothing of it",
      [step("same", { type: "pulumi:pulumi:Stack", name: "mastodon-prod" })],
      [],
    ],
  ])("%s", (_name, steps, findings) => {
    expect(found(steps, unlocked(WEB))).toEqual(findings);
  });
});
