import type { GeneratedFile } from "../../ops/docs/generated.ts";
import { ALLOWED_IMPORTS } from "../../ops/docs/layers.ts";
import { markdownTable, withParts } from "../../ops/docs/markdown.ts";
import { pictureFileOf } from "../../pages/topology/picture.ts";
import { DRILLS } from "../drills/all.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { componentFiles } from "./component-files.ts";
import { flowchart } from "./flowchart.ts";
import { keyWalk } from "./key-walk.ts";
import { releaseOrder } from "./release-order.ts";
import { topologyOf } from "./topology-of-plan.ts";

/** Files of `docs/` that are generated from production's plan, or from the drills. */
export const PLANNED: readonly GeneratedFile[] = [
  {
    path: "docs/pictures/solo.svg",
    generate: async () => pictureFileOf(topologyOf(await planSolo())),
  },
  {
    path: "docs/pictures/production.svg",
    generate: async () => pictureFileOf(topologyOf(await planStack())),
  },
  {
    path: "docs/architecture.md",
    generate: async (before) =>
      await withParts(before, {
        layers: layers(),
        release: releaseOrder(await planStack()),
        key: keyWalk(await planThreads(8), await planThreads(7)),
      }),
  },
  {
    path: "docs/change-guide.md",
    generate: async (before) =>
      await withParts(before, {
        components: componentFiles([await planStack(), await planRest()]),
      }),
  },
  {
    path: "docs/rehearsal.md",
    generate: async (before) => await withParts(before, { drills: drillTable() }),
  },
];

/** Every drill with its command, in CI's order. */
function drillTable(): string {
  return markdownTable(
    ["command", "what it does"],
    DRILLS.map(({ name, summary }) => [`\`npm run rehearse -- ${name}\``, summary]),
  );
}

/** Production with all optional components. */
async function planRest(): Promise<Plan> {
  const raw = readStackFile();
  const postgres = {
    ...(raw["postgres"] as object | undefined),
    readReplica: { size: "db-s-4vcpu-8gb" },
    origin: {
      number: 2,
      dump: {
        object: "dumps/prod/20261128T010000Z.dump.age",
        sha256: "0".repeat(64),
        bytes: 1,
      },
    },
    former: "release",
  };
  return await planStack({
    ...raw,
    postgres,
    media: { storage: "spaces", standby: { storage: "r2", copy: "nightly" }, purge: true },
    backup: { recipient: `age1${"q".repeat(58)}` },
    stopped: ["sidekiq"],
    search: { host: "search.example.net" },
    metrics: { namespace: "monitoring", podMonitor: true },
    observability: { prometheusRule: true, grafanaDashboard: true },
  });
}

/** Folders and files of the program, each after those that it may import. */
function layers(): string {
  const shown = Object.entries(ALLOWED_IMPORTS).filter(
    ([name]) => !/(?:^|\/)test$|config\.[jt]s$/u.test(name),
  );
  return flowchart(
    new Map(
      shown.map(([name, others]) => [
        name,
        // A file counts as its folder.
        new Set(others.map((other) => other.replace(/\/.*/u, ""))),
      ]),
    ),
  );
}

/** Production with the smallest profile. */
async function planSolo(): Promise<Plan> {
  const { web: _, ...raw } = readStackFile();
  return await planStack({ ...raw, profile: "solo" });
}

/** Production with another number of threads in each of web's processes. */
async function planThreads(threads: number): Promise<Plan> {
  return await planStack({ ...readStackFile(), web: { workers: 2, threads } });
}
