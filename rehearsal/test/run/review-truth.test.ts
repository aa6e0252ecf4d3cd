import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { PodHistory } from "../../drills/review/pod-history.ts";
import { truthOf, type Level, type Seen } from "../../drills/review/truth.ts";
import { countedPod } from "./counted-pod.ts";

/** A pod of a component. */
function pod(
  component: string,
  name: string,
  how: {
    readonly ready?: boolean;
    readonly leaving?: boolean;
    readonly restarts?: number;
    readonly image?: string;
    readonly queues?: readonly string[];
  } = {},
): V1Pod {
  const { ready = true, leaving = false, restarts = 0, image, queues = [] } = how;
  return {
    metadata: countedPod(component, name, leaving),
    spec: {
      containers: [
        {
          name: "main",
          image: image ?? `ghcr.io/mastodon/${component}:v1`,
          args: queues.flatMap((queue) => ["-q", `${queue},1`]),
        },
      ],
    },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [{ name: "main", image: "", imageID: "", ready, restartCount: restarts }],
    },
  };
}

const worker = (component: string, name: string, ready = true): V1Pod =>
  pod(component, name, { ready, queues: ["push", "pull"] });

const SERVER = [
  pod("web", "web-a"),
  pod("web", "web-b"),
  pod("streaming", "streaming-a"),
  pod("streaming", "streaming-b"),
  pod("assets", "assets-a"),
  worker("sidekiq-federation", "federation-a"),
  pod("sidekiq-scheduler", "scheduler-a", { queues: ["scheduler"] }),
];

/** Measurements of an update that did this to the pods. */
function seenWith(
  act: (history: PodHistory) => void,
  more: Partial<Omit<Seen, "components" | "queues" | "orphans">> = {},
): Seen {
  const history = new PodHistory(SERVER);
  act(history);
  const { components, queues, orphans } = history;
  const none = {
    broken: [],
    resized: [],
    lost: [],
    renewed: [],
    unnamed: [],
    signedOut: false,
    boots: 0,
  };
  return { refused: false, steps: 1, ...none, ...more, components, queues, orphans };
}

const quiet = (): void => {};
/** A new pod comes before the old one goes. */
const rolled =
  (component: string, from: string, made: (name: string, ready: boolean) => V1Pod) =>
  (history: PodHistory): void => {
    history.put(made(`${component}-new`, false));
    history.put(made(`${component}-new`, true));
    history.put(pod(component, from, { leaving: true }));
    history.remove(pod(component, from));
  };

describe("a measured level follows what members notice", () => {
  test.each<readonly [string, Level, Seen]>([
    ["no step", 0, seenWith(quiet, { steps: 0 })],
    ["a step that touches no pod", 1, seenWith(quiet)],
    [
      "web rolls, each new pod before an old one",
      1,
      seenWith(rolled("web", "web-a", (name, ready) => pod("web", name, { ready }))),
    ],
    [
      "the scheduler is away for a moment: nobody waits for its periodic jobs",
      1,
      seenWith((history) => {
        history.remove(pod("sidekiq-scheduler", "scheduler-a"));
        history.put(pod("sidekiq-scheduler", "scheduler-b", { queues: ["scheduler"] }));
      }),
    ],
    [
      "a queue's group has another name, and the new one works before the old one goes",
      1,
      seenWith((history) => {
        history.put(worker("sidekiq-delivery", "delivery-a"));
        history.remove(worker("sidekiq-federation", "federation-a"));
      }),
    ],
    [
      "streaming rolls, and the sockets of its old pods end",
      2,
      seenWith(
        rolled("streaming", "streaming-a", (name, ready) => pod("streaming", name, { ready })),
      ),
    ],
    [
      "web has another version of Mastodon",
      2,
      seenWith((history) => {
        for (const old of ["web-a", "web-b"])
          rolled("web", old, (name, ready) =>
            pod("web", name + old, { ready, image: "ghcr.io/mastodon/web:v2" }),
          )(history);
      }),
    ],
    ["a Job booted Rails", 2, seenWith(quiet, { boots: 1 })],
    [
      "a queue waits until its worker is back",
      2,
      seenWith((history) => {
        history.remove(worker("sidekiq-federation", "federation-a"));
        history.put(worker("sidekiq-federation", "federation-b"));
      }),
    ],
    ["a database fails over", 3, seenWith(quiet, { resized: ["postgres-cluster"] })],
    ["the pool is another one", 3, seenWith(quiet, { broken: ["through the pool"] })],
    ["a host's record is made anew", 3, seenWith(quiet, { renewed: ["example.social"] })],
    ["a host no longer leads here", 4, seenWith(quiet, { unnamed: ["streaming.example.social"] })],
    ["every session ends", 3, seenWith(quiet, { signedOut: true })],
    [
      "streaming's programs end all at once, and their pods stand",
      3,
      seenWith((history) => {
        for (const name of ["streaming-a", "streaming-b"])
          history.put(pod("streaming", name, { ready: false }));
        for (const name of ["streaming-a", "streaming-b"])
          history.put(pod("streaming", name, { restarts: 1 }));
      }),
    ],
    [
      "web is deleted before it is made",
      4,
      seenWith((history) => {
        for (const name of ["web-a", "web-b"]) history.remove(pod("web", name));
        for (const name of ["web-c", "web-d"]) history.put(pod("web", name));
      }),
    ],
    [
      "nobody works a queue afterwards",
      4,
      seenWith((history) => history.remove(worker("sidekiq-federation", "federation-a"))),
    ],
    ["what holds data is another one", 4, seenWith(quiet, { lost: ["valkey-cluster"] })],
    ["the update is refused", 5, seenWith(quiet, { steps: 0, refused: true })],
  ])("%s: %i", (_what, level, seen) => {
    expect(truthOf(seen).level).toBe(level);
  });

  test("the worst counts, and each reason is named", () => {
    const seen = seenWith(quiet, { lost: ["statuses"], resized: ["valkey-cluster"], boots: 1 });
    const { level, because } = truthOf(seen);
    expect(level).toBe(4);
    expect(because.map(({ what }) => what)).toEqual([
      "statuses is lost",
      "valkey-cluster failed over",
      "migrations ran",
      "1 steps",
    ]);
  });
});

test("a program that ended and was started again counts as ended, and so does a pod that is gone", () => {
  const history = new PodHistory(SERVER);
  history.put(pod("streaming", "streaming-a", { restarts: 1 }));
  history.remove(pod("streaming", "streaming-b"));
  expect(history.components.get("streaming")?.ended).toBe(2);
  expect(history.components.get("web")?.ended).toBe(0);
});
