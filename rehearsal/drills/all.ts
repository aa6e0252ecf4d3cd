import type { Ground } from "../machine/parts.ts";
import type { DrillOptionName, DrillOptions } from "./command-options.ts";
import type { Drill } from "./drill.ts";
import type { DrillContext } from "./setup.ts";

/**
 * A drill in the list. The command line, `.ci/run` (by `--list`) and the table of docs/rehearsal.md
 * (by `npm run docs`) are generated from these rows.
 */
export interface DrillRow {
  /** Name on the command line and of the folder of its result (`resultFolderOf`). */
  readonly name: string;
  /** Description for the docs: Markdown, one line. */
  readonly summary: string;
  /** Kind of world, which determines the requirements of the machine. */
  readonly ground: Ground;
  /** Options in addition to `--keep`; default none. Others are refused. */
  readonly options?: readonly DrillOptionName[];
  /** Whether it runs in namespaces of its own, which another process creates first; default no. */
  readonly enclosed?: true;
  /**
   * Whether CI runs nothing beside it; default no. It has two worlds itself, or it counts lost
   * connections, or looks for what worlds left on the machine, where another drill would be seen.
   */
  readonly alone?: true;
  /**
   * Imports the drill. Only one of them runs, and a refusal of this machine must not wait for
   * imports.
   */
  readonly load: () => Promise<(context: DrillContext, options: DrillOptions) => Drill>;
}

/** Every drill, in CI's order. */
export const DRILLS: readonly DrillRow[] = [
  {
    name: "whole",
    summary:
      "preview, up, checks, empty second preview, destroy; what `npm run rehearse` does by itself",
    ground: "loopback",
    options: ["plugins"],
    load: async () => (await import("./whole.ts")).wholeDrill,
  },
  {
    name: "nights",
    summary:
      "a server that lives loses, night after night, all that can be lost, and is well again, in two worlds at a time; `--night 1,13` for some of them",
    ground: "loopback",
    options: ["night", "half", "seed", "kills"],
    alone: true,
    load: async () => (await import("./nights/drill.ts")).nightsDrill,
  },
  {
    name: "backup",
    summary:
      "the live pod dumps a database of a server's shape, other programs open it, and each broken dump is told from a good one; `--size 1000` for 1 GB",
    ground: "loopback",
    options: ["size"],
    load: async () => (await import("./backup/drill.ts")).backupDrill,
  },
  {
    name: "restore",
    summary:
      "a lost database comes back from a dump that is cut once, by a restore that is killed at six moments; `nights` has the fork, and single members' rows",
    ground: "loopback",
    load: async () => (await import("./restore.ts")).restoreDrill,
  },
  {
    name: "state",
    summary:
      "the real CLI with its state on R2: cut, empty, gone, another stack's; the bucket's lock; what a later CLI may not send",
    ground: "commands",
    load: async () => (await import("./state.ts")).stateDrill,
  },
  {
    name: "cut",
    summary:
      "the engine is killed in updates of the whole stack, at moments of a seed; recovery, and the next update converges",
    ground: "loopback",
    options: ["seed", "kills"],
    load: async () => (await import("./cut.ts")).cutDrill,
  },
  {
    name: "profiles",
    summary:
      "one server grows through all four profiles; each placed at rest, at its ceiling and in a rollout there",
    ground: "loopback",
    load: async () => (await import("./profiles.ts")).profilesDrill,
  },
  {
    name: "keys",
    summary:
      "an old server's keys move in, are checked, rotated and put in escrow, under a passphrase and under a key service",
    ground: "commands",
    load: async () => (await import("./keys.ts")).keysDrill,
  },
  {
    name: "upgrade",
    summary:
      "from one Mastodon to the next, each step of the release failing once; what serves is counted at every moment",
    ground: "loopback",
    load: async () => (await import("./upgrade.ts")).upgradeDrill,
  },
  {
    name: "review",
    summary:
      "proposed changes, each previewed, reported as in a pull request and applied; the report is held against what really happened; `--change scale-web,edge-rule` for some of them, `--change other-parts` for the second table",
    ground: "loopback",
    options: ["change"],
    load: async () => (await import("./review/drill.ts")).reviewDrill,
  },
  {
    name: "edge",
    summary:
      "requests through a local Cloudflare, made from the live world, to the live pods, and a page about them",
    ground: "loopback",
    load: async () => (await import("./edge.ts")).edgeDrill,
  },
  {
    name: "media",
    summary:
      "media on Spaces, read through the real nginx; the move to R2; then the copy of each night, and the night on which the bucket is gone",
    ground: "loopback",
    load: async () => (await import("./media.ts")).mediaDrill,
  },
  {
    name: "options",
    summary:
      "production with its optional parts on: mail, search, signing in elsewhere, metrics, traces and the rest",
    ground: "loopback",
    load: async () => (await import("./options.ts")).optionsDrill,
  },
  {
    name: "fence",
    summary:
      "a cluster that nobody reaches is shut out, another one serves, and then the old one wakes up",
    ground: "loopback",
    load: async () => (await import("./fence.ts")).fenceDrill,
  },
  {
    name: "move",
    summary:
      "the night of [import.md](import.md): an old server's dump is restored, migrated and served; cut dumps, and the way back",
    ground: "loopback",
    load: async () => (await import("./move.ts")).moveDrill,
  },
  {
    name: "node",
    summary:
      "the smallest profile on two real nodes: kubelets, containerd, real pods, each Ready by its own probes; `--images real` with Mastodon's own images: [operate.md](operate.md)",
    ground: "nodes",
    alone: true,
    options: ["images", "registry"],
    enclosed: true,
    load: async () => (await import("./node.ts")).nodeDrill,
  },
  {
    name: "load",
    summary:
      "requests to real pods during a rollout, growth and drains of both nodes; each that is lost is counted",
    ground: "nodes",
    alone: true,
    options: ["images", "registry"],
    enclosed: true,
    load: async () => (await import("./node.ts")).loadDrill,
  },
  {
    name: "traces",
    summary:
      "ends worlds of real nodes in six ways, `kill -9` among them, and looks for what they left on the machine",
    ground: "nodes",
    alone: true,
    load: async () => (await import("./traces.ts")).tracesDrill,
  },
  {
    name: "rules",
    summary:
      "the whole stack under the engine with the policy pack; each mandatory rule stops a stack that breaks it; an unlock is typed: [policies.md](policies.md)",
    ground: "commands",
    load: async () => (await import("./rules/drill.ts")).rulesDrill,
  },
  {
    name: "faults",
    summary:
      "a stack's life, killed after the effect of its calls, and faults at them; `--share 1` for all cells, as each night",
    ground: "commands",
    options: ["seed", "share", "cell", "steps", "acts"],
    load: async () => (await import("./faults.ts")).faultsDrill,
  },
];

/** Names in CI's order: of all drills, of those that run `alone`, or of the others. */
export function namesOf(which: "all" | "alone" | "beside"): readonly string[] {
  const rows = {
    all: DRILLS,
    alone: DRILLS.filter(({ alone }) => alone),
    beside: DRILLS.filter(({ alone }) => !alone),
  };
  return rows[which].map(({ name }) => name);
}

/** Folder of a drill's result, below `rehearsal/out`. That of `whole` is the folder itself. */
export function resultFolderOf({ name }: Pick<DrillRow, "name">): string {
  return name === "whole" ? "." : name;
}
