import type { V1Job } from "@kubernetes/client-node";
import { writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { raiseEpoch } from "../../ops/db/epoch.ts";
import { databaseJob } from "../../ops/db/job.ts";
import type { RunInPod } from "../../ops/db/pod.ts";
import { restoreInto } from "../../ops/db/restore.ts";
import type { Cluster } from "../../ops/pods/cluster.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { ofType } from "../stack/views.ts";
import { project } from "./fake-pulumi.ts";

const ASKED = { name: "db", deadlineSeconds: 60, priority: "lowest" };

/** The grants Job of the plan, in the cluster's form. */
async function grantsJob(): Promise<V1Job> {
  const job = ofType(await planStack(), "kubernetes:batch/v1:Job").find(
    ({ name }) => name === "streaming-grants",
  )!;
  const live = structuredClone(job.inputs) as unknown as V1Job;
  // A label that its controller adds.
  live.spec!.template.metadata!.labels!["batch.kubernetes.io/controller-uid"] = "of-another-job";
  return live;
}

describe("the pod of `npm run db`", () => {
  test("is the application's, never the administrator's, past the pool, and let through by the policies", async () => {
    const job = databaseJob(await grantsJob(), ASKED);
    const { labels } = job.spec!.template.metadata!;
    expect(labels).toEqual({
      "app.kubernetes.io/name": "mastodon",
      "app.kubernetes.io/component": "one-off",
      "app.kubernetes.io/part-of": "mastodon",
    });
    const [container] = job.spec!.template.spec!.containers;
    const keys = Object.fromEntries(
      container!.env!.map(({ name, valueFrom }) => [
        name,
        valueFrom?.configMapKeyRef?.key ?? valueFrom?.secretKeyRef?.key,
      ]),
    );
    expect(keys).toMatchObject({ PGUSER: "PGUSER", PGPASSWORD: "PGPASSWORD" });
    expect(container!.envFrom).toBeUndefined();
    expect(container!.image).toMatch(/postgres:/u);
    expect(container!.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  });

  test("is not made of a Job of another shape", () => {
    expect(() => databaseJob({}, ASKED)).toThrow(/Run it from the commit of the last deploy/u);
  });
});

/** A cluster with these Deployments, and a pod whose programs end with these results. */
function scene(
  replicas: Readonly<Record<string, number>>,
  statuses: { members?: number; list?: number; restore?: number } = {},
) {
  const ran: string[] = [];
  const cluster = {
    apps: {
      listNamespacedDeployment: () =>
        Promise.resolve({
          items: Object.entries(replicas).map(([name, count]) => ({
            metadata: { name },
            status: { replicas: count },
          })),
        }),
    },
  } as unknown as Cluster;
  const run: RunInPod = ({ command, out, error, input }) => {
    input?.resume();
    const text = command.join(" ");
    ran.push(text);
    if (text.includes("to_regclass")) out.write(statuses.members === undefined ? "f\n" : "t\n");
    else if (text.includes("count(*)")) out.write(`${statuses.members}\n`);
    else if (text.includes("--list")) {
      out.write("3; 3079 16384 EXTENSION - pg_stat_statements\n");
      if (statuses.list) error.write("pg_restore: error: input file is too short\n");
      return Promise.resolve(statuses.list ?? 0);
    } else {
      if (statuses.restore) error.write("psql: error: connection reset\n");
      return Promise.resolve(statuses.restore ?? 0);
    }
    return Promise.resolve(0);
  };
  return {
    ran,
    restore: (replace = false) =>
      restoreInto(cluster, run, {
        open: () => Readable.from(["x"]),
        replace,
        say: () => undefined,
      }),
  };
}

const STOPPED = { web: 0, streaming: 0, "sidekiq-default": 0, assets: 2, cloudflared: 2 };

describe("a restore", () => {
  test.each(["web", "streaming", "sidekiq-default"])(
    "is refused while %s runs: it would write into what is being restored",
    async (name) => {
      const { restore, ran } = scene({ ...STOPPED, [name]: 1 });
      await expect(restore()).rejects.toThrow(
        `${name} still run, and would write into what is being restored. Set mastodon:stopped to [web, streaming, sidekiq], run \`pulumi up --refresh\``,
      );
      expect(ran).toEqual([]);
    },
  );

  test("is refused over members, unless that is said", async () => {
    const { restore, ran } = scene(STOPPED, { members: 412 });
    await expect(restore()).rejects.toThrow(
      "The database holds a server with 412 members; nothing was changed. To replace all of it, add --replace.",
    );
    expect(ran.join()).not.toContain("DROP OWNED");
    expect((await restore(true)).leftOut).toEqual(["3; 3079 16384 EXTENSION - pg_stat_statements"]);
  });

  test.each<[what: string, statuses: { list?: number; restore?: number }, says: RegExp]>([
    [
      "what is no dump",
      { list: 1 },
      /no dump that can be read: pg_restore: error: input file is too short/u,
    ],
    [
      "a broken connection",
      { restore: 3 },
      /failed, and the database is as it was: psql: error: connection reset/u,
    ],
  ])("fails in a sentence for %s", async (_what, statuses, says) => {
    await expect(scene(STOPPED, statuses).restore()).rejects.toThrow(says);
  });
});

test("a restore raises the epoch in the stack file, each time, and leaves the rest of it", async () => {
  const { file, text } = project(
    "config:\n  # ours\n  mastodon:postgres: { origin: { movedIn: true }, nodes: 2 }\n  mastodon:region: nyc3\n",
  );
  expect(await raiseEpoch(file)).toBe(2);
  expect(await raiseEpoch(file)).toBe(3);
  expect((parse(text()) as { config: object }).config).toEqual({
    "mastodon:postgres": { origin: { movedIn: true, epoch: 3 }, nodes: 2 },
    "mastodon:region": "nyc3",
  });
  expect(text()).toContain("# ours");
  writeFileSync(file, "config: {}\n");
  expect(await raiseEpoch(file)).toBe(2);
});
