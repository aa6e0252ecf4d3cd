import type { V1Pod } from "@kubernetes/client-node";
import { expect, test, vi } from "vitest";
import type { Cluster } from "../../ops/pods/cluster.ts";
import type { Execute } from "../../ops/pods/exec-command.ts";
import { askedInside, INSIDE_LIMIT_MS, PROGRAM_SECONDS } from "../../ops/pods/inside.ts";
import { DATABASES } from "../../ops/status/databases-program.ts";

const QUESTION = { component: "web", container: "puma", command: ["ruby", "-e", "puts 1"] };

type State = "running" | "waiting" | "ready" | "leaving";

const podOf = (name: string, state: State): V1Pod => ({
  metadata: { name, ...(state === "leaving" && { deletionTimestamp: new Date() }) },
  status: {
    containerStatuses: [
      {
        ...{ name: "puma", restartCount: 0, image: "", imageID: "", ready: state === "ready" },
        state: state === "waiting" ? { waiting: {} } : { running: {} },
      },
    ],
  },
});

/** A cluster with these pods, and the selectors that it was asked for. */
function clusterWith(pods: Readonly<Record<string, State>>) {
  const selectors: unknown[] = [];
  const core = {
    listNamespacedPod: ({ labelSelector }: { readonly labelSelector: string }) => {
      selectors.push(labelSelector);
      return Promise.resolve({ items: Object.entries(pods).map((each) => podOf(...each)) });
    },
  };
  return { selectors, cluster: { core } as unknown as Cluster };
}

const answering =
  (status: number, output: string, errors = ""): Execute =>
  (_cluster, pod, { out, error, container, command }) => {
    expect({ container, command }).toEqual({ container: "puma", command: QUESTION.command });
    out.write(`${pod.metadata?.name}: ${output}`);
    error.write(errors);
    return Promise.resolve(status);
  };

test("a ready pod is asked before one that only runs, and never one that leaves or waits", async () => {
  const { cluster, selectors } = clusterWith({
    ...{ one: "leaving", two: "waiting", three: "running", four: "ready" },
  });
  expect(await askedInside(cluster, QUESTION, answering(0, "1"))).toBe("four: 1");
  expect(selectors).toEqual(["app.kubernetes.io/component=web"]);
  const bad = clusterWith({ one: "leaving", three: "running" });
  expect(await askedInside(bad.cluster, QUESTION, answering(0, "1"))).toBe("three: 1");
  const none = clusterWith({ one: "leaving", two: "waiting" });
  await expect(askedInside(none.cluster, QUESTION, answering(0, "1"))).rejects.toThrow(
    "no pod of web runs that could be asked",
  );
});

test("a program that fails is no answer, whatever it printed before", async () => {
  const { cluster } = clusterWith({ four: "ready" });
  await expect(
    askedInside(cluster, QUESTION, answering(75, "1", "it took more than 6 s\nmore\n")),
  ).rejects.toThrow(/^the program in four ended with 75: it took more than 6 s$/u);
});

test("a pod that never answers is given up, and its connection is closed", async () => {
  vi.useFakeTimers();
  try {
    let closed = false;
    const { cluster } = clusterWith({ four: "ready" });
    const asked = askedInside(cluster, QUESTION, (_cluster, _pod, _execution, signal) => {
      signal.addEventListener("abort", () => (closed = true));
      return new Promise(() => {});
    });
    const given = expect(asked).rejects.toThrow("there was no answer within 7.5 s");
    await vi.advanceTimersByTimeAsync(INSIDE_LIMIT_MS);
    await given;
    expect(closed).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test("the databases' program ends on its own, and holds no secret on its command line", () => {
  const script = DATABASES.command.at(-1)!;
  expect(script).toContain(`sleep ${PROGRAM_SECONDS}; `);
  // Every secret is read where it runs.
  expect(script).toContain('ENV.fetch("DB_PASS")');
  expect(script).toContain('ENV.fetch("REDIS_URL")');
  expect(script).toContain("BEGIN READ ONLY; SET LOCAL statement_timeout");
});
