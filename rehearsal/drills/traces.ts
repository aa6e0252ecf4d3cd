import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { checkOf, type Check } from "../checks/check.ts";
import { STANDS } from "../node/bare.ts";
import { TREE_PREFIX } from "../node/cgroups.ts";
import { childrenOf } from "../node/namespaces.ts";
import { inhabitants, kernelClock, leftOf, processesIn, tracesOf } from "../node/traces.ts";
import type { Phase } from "../phases.ts";
import { noFindings, type Drill, type Findings } from "./drill.ts";
import { nodeToolPhases, noTools, type FoundTools } from "./node-tools.ts";

/** Timeout for a world to be up, and to be gone, milliseconds. */
const STANDS_MS = 60_000;
const GONE_MS = 45_000;
const POLL_MS = 200;

const BARE = fileURLToPath(new URL("../node/bare.ts", import.meta.url));
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** A running rehearsal: the process that was started, and the first one of its world. */
interface Run {
  readonly outer: ChildProcess;
  readonly pid: number;
  readonly inner: number;
}

/** Ways in which a run ends. */
const ENDINGS: Readonly<Record<string, (run: Run) => void>> = {
  success: ({ outer }) => outer.stdin?.end(),
  // The terminal sends it to all processes in the foreground.
  "Ctrl-C": ({ pid }) => process.kill(-pid, "SIGINT"),
  SIGTERM: ({ pid }) => process.kill(pid, "SIGTERM"),
  "kill -9 of what was started": ({ pid }) => process.kill(pid, "SIGKILL"),
  "kill -9 of its world": ({ inner }) => process.kill(inner, "SIGKILL"),
};

/** A world with two real nodes, ended in every way. Nothing may remain on the machine. */
export function tracesDrill(): Drill {
  const findings = noFindings();
  const tools = noTools();
  return {
    name: "what real nodes leave behind",
    findings,
    notProven: [
      "Each world here holds two nodes and nothing else; the drill of real nodes itself ends by the same means.",
      "With version 2 of cgroups, which this machine may not have, the groups' removal is tested by its parts only.",
    ],
    phases: [
      ...nodeToolPhases(tools),
      ...Object.entries(ENDINGS).map(([ending, end]) => endingPhase(findings, tools, ending, end)),
      failedBuildPhase(findings),
    ],
  };
}

function endingPhase(
  findings: Findings,
  tools: FoundTools,
  ending: string,
  end: (run: Run) => void,
): Phase {
  return {
    title: ending,
    run: async () =>
      await withFolder(async (temporary) => {
        const before = tracesOf(temporary);
        const outer = spawn(process.execPath, [BARE, JSON.stringify(tools)], {
          stdio: ["pipe", "pipe", "inherit"],
          env: { ...process.env, TMPDIR: temporary },
          detached: true, // A process group of its own, as a shell gives each command.
        });
        const pid = outer.pid ?? 0;
        try {
          await untilItSays(outer, STANDS);
          const tree = `${TREE_PREFIX}${pid}`;
          const { processes, namespaces } = inhabitants(tree);
          const inner = await firstInside(pid, processes);
          const ended = kernelClock();
          end({ outer, pid, inner });
          const check = await goneCheck(ending, () => ({
            processes: inhabitants(tree).processes.map(String),
            namespaces: processesIn(namespaces, ended).map((each) => `of process ${each}`),
            ...leftOf(before, tracesOf(temporary), pid),
          }));
          findings.checks.push(check);
          return `${processes.length} processes in ${namespaces.size} namespaces stood; ${check.detail}`;
        } finally {
          outer.kill("SIGKILL");
        }
      }),
  };
}

/**
 * A build that fails before there is a world: the cache is empty, and no module can be downloaded.
 */
function failedBuildPhase(findings: Findings): Phase {
  return {
    title: "a failed build",
    run: async () =>
      await withFolder(
        async (temporary) =>
          await withFolder(async (cache) => {
            const before = tracesOf(temporary);
            const outer = spawn(process.execPath, [MAIN, "node"], {
              stdio: "ignore",
              env: {
                ...process.env,
                ...{ TMPDIR: temporary, XDG_CACHE_HOME: cache },
                ...{ GOPROXY: "off", GOMODCACHE: join(cache, "modules") },
              },
            });
            const status = await new Promise<number | null>((resolve) =>
              outer.once("exit", resolve),
            );
            const check = await goneCheck("a failed build", () => ({
              ...leftOf(before, tracesOf(temporary), outer.pid ?? 0),
              "half builds": halfBuilds(join(cache, "mastodon-digitalocean")),
              "other endings": status === 1 ? [] : [`status ${status} instead of 1`],
            }));
            findings.checks.push(check);
            return check.detail;
          }),
      ),
  };
}

/**
 * Folders of interrupted builds. Lock files stay, because deleting one may delete another run's.
 */
function halfBuilds(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.includes("partial")) : [];
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "rehearsal-traces-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Looks until nothing is left, or the time is over. */
async function goneCheck(
  ending: string,
  look: () => Readonly<Record<string, readonly string[]>>,
): Promise<Check> {
  const started = Date.now();
  for (;;) {
    const kinds = Object.entries(look());
    const names = kinds.flatMap(([kind, all]) => all.map((name) => `${kind}: ${name}`));
    if (names.length === 0 || Date.now() - started > GONE_MS)
      return checkOf(
        `after ${ending} nothing is left`,
        names.slice(0, 20),
        kinds.map(([kind, all]) => `${all.length} ${kind}`).join(", "),
      );
    await sleep(POLL_MS);
  }
}

async function untilItSays(child: ChildProcess, words: string): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`The bare world does not stand after ${STANDS_MS / 1000} s.`)),
      STANDS_MS,
    );
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (!said.includes(words)) return;
      clearTimeout(late);
      resolve();
    });
    child.once("exit", (status) => {
      clearTimeout(late);
      reject(new Error(`The bare world ended with status ${status}: ${said.slice(-500)}`));
    });
  });
}

/** First process of the world: the child of the command that is inside it. */
async function firstInside(outer: number, inside: readonly number[]): Promise<number> {
  for (const command of await childrenOf(outer))
    for (const child of await childrenOf(command)) if (inside.includes(child)) return child;
  throw new Error(`No process of the world is a grandchild of ${outer}.`);
}
