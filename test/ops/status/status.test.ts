import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import type { Shown } from "../../../ops/status/part.ts";
import { runStatus } from "../../../ops/status/command.ts";
import type { InCluster, StatusWorld } from "../../../ops/status/scene.ts";
import { quantityOf } from "../../../ops/status/terminal.ts";
import { MASTODON_VERSION } from "../../../domain/rehearsed.ts";
import { FIXTURE_RELEASE } from "../../fixture-release.ts";
import { Stage } from "../doctor/stage.ts";

const DAY_MS = 86_400_000;

function deployment(name: string, ready: number, wanted: number, since: Date): V1Deployment {
  const container = {
    name,
    image: `ghcr.io/mastodon/mastodon:${FIXTURE_RELEASE}@sha256:${"0".repeat(64)}`,
  };
  return {
    metadata: { name },
    spec: { replicas: wanted, selector: {}, template: { spec: { containers: [container] } } },
    status: {
      readyReplicas: ready,
      conditions: [{ type: "Available", status: "True", lastTransitionTime: since }],
    },
  };
}

const waiting = (name: string, reason: string): V1Pod => ({
  metadata: { name },
  status: {
    phase: "Running",
    containerStatuses: [
      {
        ...{ name: "puma", ready: false, restartCount: 4, image: "", imageID: "" },
        state: { waiting: { reason } },
      },
    ],
  },
});

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Databases that are well, as the program in a web pod prints them. */
const USE = {
  postgres: { host: "10.10.0.5", bytes: 23.4 * GIB, connections: 20, pooled: 14 },
  valkey: { used: 412 * MIB, limit: 1228 * MIB, evicts: false },
};

const answers = (stage: Stage, change: object): void =>
  void stage.inside.set("web", JSON.stringify({ ...USE, ...change }));

/** A server that is well, and the parts of its screen after a change. */
async function screen(
  change: (stage: Stage, cluster: InCluster, world: StatusWorld) => void | Promise<void> = () => {},
  ...args: readonly string[]
) {
  const stage = await Stage.open();
  stage.runs();
  await stage.makeDumps([3]);
  answers(stage, {});
  const since = new Date(stage.now.getTime() - 5 * 3_600_000);
  const cluster: { -readonly [Key in keyof InCluster]: InCluster[Key] } = {
    deployments: [deployment("web", 2, 2, since), deployment("streaming", 2, 2, since)],
    pods: [],
    nodes: [{ name: "node-1", cpu: 31, memory: 64 }],
  };
  const lines: string[] = [];
  const world: { -readonly [Key in keyof StatusWorld]: StatusWorld[Key] } = {
    ...stage.world((text) => lines.push(text)),
    cluster: () => Promise.resolve(cluster),
    certificateEnd: () => Promise.resolve(new Date(stage.now.getTime() + 60.5 * DAY_MS)),
  };
  await change(stage, cluster, world);
  const final = {
    ...stage.world(world.say),
    cluster: world.cluster,
    certificateEnd: world.certificateEnd,
  };
  await runStatus(args, () => final);
  return lines.join("\n");
}

async function parts(...given: Parameters<typeof screen>): Promise<Record<string, Shown>> {
  const shown = JSON.parse(await screen(given[0], "--json")) as readonly Shown[];
  return Object.fromEntries(shown.map((each) => [each.name, each]));
}

test("a server that is well fits one screen, and nothing of it is to look at but what is nearly full by plan", async () => {
  const text = await screen();
  expect(text.split("\n").length).toBeLessThan(24);
  expect(text).not.toMatch(/^[?]/mu);
  expect(text).toContain(`  runs   web 2 of 2, ${FIXTURE_RELEASE}, for 5 h`);
  expect(text).toContain("the certificate ends in 60 days");
  expect(text).toMatch(/costs {2}\$\d+\.\d\d a month/u);
  expect(text).toMatch(/dump {3}dumps .* good; \d+ members/u);
  expect(text).toMatch(/example\.social \(prod\), asked in \d+\.\d s\.$/u);
});

describe("what is to look at is marked", () => {
  test.each<readonly [string, string, Parameters<typeof screen>[0] & {}, RegExp]>([
    [
      "runs",
      "a Deployment that lacks a pod",
      (stage, cluster) =>
        void Object.assign(cluster, { deployments: [deployment("web", 1, 2, stage.now)] }),
      /^web 1 of 2/u,
    ],
    [
      "runs",
      "a pod that can't start",
      (_, cluster) => void Object.assign(cluster, { pods: [waiting("web-1", "CrashLoopBackOff")] }),
      /^web-1: CrashLoopBackOff/u,
    ],
    [
      "well",
      "a server that answers an error",
      (stage) =>
        void stage.internet.set("https://example.social/health", { status: 530, text: "" }),
      /^health: it answered 530/u,
    ],
    [
      "well",
      "a certificate that ends soon",
      (stage, _, world) =>
        void Object.assign(world, {
          certificateEnd: () => Promise.resolve(new Date(stage.now.getTime() + 3.5 * DAY_MS)),
        }),
      /^the certificate ends in 3 days/u,
    ],
    [
      "full",
      "a node whose memory is nearly full",
      (_, cluster) =>
        void Object.assign(cluster, { nodes: [{ name: "node-1", cpu: 20, memory: 97 }] }),
      /^node-1 uses 20 % of CPU, 97 % of memory/u,
    ],
    [
      "full",
      "Valkey, which refuses writes when it is full",
      (stage) => answers(stage, { valkey: { ...USE.valkey, used: 1_110 * MIB } }),
      /^Valkey: memory 1\.1 GiB of 1\.2 GiB \(90 %\): full, .* Raise mastodon:valkey\.size/u,
    ],
    [
      "full",
      "a pool without a free connection, for which no figure can be had",
      (stage) =>
        answers(stage, { postgres: { error: "PG::ConnectionBad: no answer in 3 s", down: true } }),
      /^Postgres does not answer web: PG::ConnectionBad: no answer in 3 s/u,
    ],
    [
      "full",
      "connections of Postgres",
      (stage) => answers(stage, { postgres: { ...USE.postgres, connections: 180 } }),
      /^Postgres: connections 180 of 197 \(91 %\): the next ones are refused/u,
    ],
    [
      "full",
      "connections of the pool",
      (stage) => answers(stage, { postgres: { ...USE.postgres, pooled: 171 } }),
      /^Postgres: connections of its pool 171 of 190 \(90 %\): requests wait/u,
    ],
    [
      "full",
      "the disk of Postgres",
      (stage) => answers(stage, { postgres: { ...USE.postgres, bytes: 129 * GIB } }),
      /^Postgres: data 129 GiB of 140 GiB \(92 %\), without its WAL, .*: full, it is read-only/u,
    ],
    [
      "dump",
      "a dump that is too old",
      (stage) => void (stage.now = new Date(stage.now.getTime() + 2 * DAY_MS)),
      /^The newest good dump of example\.social is 51 h old/u,
    ],
    [
      "waits",
      "an update that was cut off",
      (stage) =>
        void (stage.state = {
          ...stage.state,
          deployment: {
            ...stage.state.deployment,
            pending_operations: [
              { type: "creating", resource: { urn: "urn:pulumi:prod::mastodon::a::b", type: "a" } },
            ],
          },
        }),
      /cut off, with 1 operation pending: npm run recover -- --stack prod/u,
    ],
    [
      "waits",
      "a lock",
      (stage) =>
        void stage.failures.set(
          "pulumi stack rename prod --stack prod",
          "  file:///state/.pulumi/locks/organization/mastodon/prod/1b2c.json: created by root@run-1-1 (pid 42) at 2026-11-28T21:04:11Z",
        ),
      /locked by root@run-1-1/u,
    ],
    [
      "waits",
      "a date that only the state has",
      (stage) => stage.runs({ data: { since: "2026-11-28", epoch: 1 } }),
      /pulumi config set --path mastodon:postgres\.origin\.since 2026-11-28/u,
    ],
    [
      "waits",
      "an unlock that an update has used",
      (stage) => {
        const at = "20261129T120000Z";
        stage.write(
          "config:\n",
          `config:\n  mastodon:unlocked: { valkey-cluster: { id: a, because: grow, at: ${at} } }\n`,
        );
        stage.runs({ unlocked: { "valkey-cluster": at } });
      },
      /npm run unlock -- valkey-cluster --remove --stack prod/u,
    ],
    [
      "waits",
      "a newer patch of Mastodon",
      ({ registry }) => {
        for (const name of ["mastodon", "streaming"])
          registry.list(name, [MASTODON_VERSION, FIXTURE_RELEASE], 9);
      },
      new RegExp(`^Mastodon ${FIXTURE_RELEASE.replaceAll(".", "\\.")} is there`, "u"),
    ],
  ])("%s: %s", async (name, _, change, line) => {
    const { [name]: part } = await parts(change);
    expect(part).toMatchObject({ word: "look" });
    expect(part!.lines.join("\n")).toMatch(new RegExp(line.source, "mu"));
  });
});

describe("a part that nobody answers is unknown, with its reason, and hides no other", () => {
  test("the cluster", async () => {
    const shown = await parts((_, __, world) => {
      Object.assign(world, {
        cluster: () => Promise.reject(new Error("There is no kubeconfig.")),
      });
    });
    expect(shown["runs"]).toEqual({
      ...{ name: "runs", word: "unknown" },
      lines: ["There is no kubeconfig."],
    });
    expect(shown["full"]!.lines.join()).toContain(
      "the use of the nodes is not known: There is no kubeconfig.",
    );
    expect(shown["costs"]!.word).toBe("well");
  });

  test("a cluster that is silent", async () => {
    const shown = await parts((stage, _, world) => {
      stage.limitMs = 1_500;
      Object.assign(world, { cluster: () => new Promise(() => {}) });
    });
    expect(shown["runs"]!.lines).toEqual(["there was no answer within 1.5 s"]);
  });

  test("the databases: a full one must not look well because nobody could ask it", async () => {
    const [silent, half] = await Promise.all([
      parts((stage) => void stage.inside.set("web", new Error("no pod of web runs"))),
      parts((stage) =>
        answers(stage, {
          postgres: { error: "PG::QueryCanceled: statement timeout", down: false },
        }),
      ),
    ]);
    expect(silent["full"]).toMatchObject({ word: "unknown" });
    expect(silent["full"]!.lines[0]).toBe(
      "the use of the databases is not known: no pod of web runs",
    );
    expect(half["full"]).toMatchObject({ word: "unknown" });
    expect(half["full"]!.lines[0]).toMatch(/^the use of Postgres is not known: PG::Que/u);
    expect(half["full"]!.lines.join()).toContain("Valkey: memory 412 MiB of 1.2 GiB (33 %)");
  });

  test("an answer of something else in the pod, of which nothing is shown", async () => {
    const shown = await parts((stage) => void stage.inside.set("web", '{"postgres":"hunter2"}'));
    expect(shown["full"]!.lines.join()).toContain("something else than its figures");
    expect(shown["full"]!.lines.join()).not.toContain("hunter2");
  });

  test("Cloudflare, and the state", async () => {
    const shown = await parts((stage) => {
      stage.rest.cloudflare.faults.add({ does: { kind: "answer", status: 503 } });
      stage.failures.set("pulumi stack ls --json", "`pulumi stack ls` failed: no such host");
    });
    expect(shown["dump"]).toMatchObject({
      word: "unknown",
      lines: [/503/u].map((each) => expect.stringMatching(each)),
    });
    expect(shown["waits"]!.word).toBe("unknown");
    expect(shown["waits"]!.lines.join()).toContain("the state is not known: `pulumi stack ls`");
  });
});

test("quantities of Kubernetes are read in every unit that its APIs use", () => {
  const read = ["1930m", "250000000n", "2", "6Gi", "1024Ki"].map(quantityOf);
  expect(read).toEqual([1.93, 0.25, 2, 6 * 2 ** 30, 2 ** 20]);
});
