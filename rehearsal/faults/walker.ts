import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { beginnings } from "./fault-cells.ts";
import { openFastWorld } from "./fast-world.ts";
import { lineOf, type Step } from "./steps.ts";
import { shortestOf, walk, type Shortest, type Walked } from "./walk.ts";

/** A thread with a world of its own, which takes the walks that it is sent, one after the other. */

/** Values that it is started with. */
export interface WalkerData {
  readonly engineRoot: string;
  readonly projectDirectory: string;
  /** A folder of this walker alone. */
  readonly directory: string;
}

/** Words to it: a walk to take, or "close". */
export type Order = readonly Step[] | "close";

/** Words of it: it waits for a walk, took a step, makes a failing walk shorter, or has ended. */
export type Report =
  | { readonly kind: "waits" }
  | { readonly kind: "step" | "fails"; readonly line: string }
  | ({ readonly kind: "end"; readonly shortest?: Shortest } & Pick<Walked, "hits">);

const port = parentPort as MessagePort;
const tell = (report: Report): void => port.postMessage(report);

const { engineRoot, projectDirectory, directory } = workerData as WalkerData;
const fast = await openFastWorld(engineRoot, projectDirectory, directory);
let closing = false;
port.on("message", (order: Order) => {
  if (order !== "close") return void take(order);
  closing = true;
  void fast.close().finally(() => process.exit());
});
const from = await beginnings(fast);
tell({ kind: "waits" });

async function take(steps: readonly Step[]): Promise<void> {
  const walked = await walk(fast, from, steps, (line) => tell({ kind: "step", line }));
  const { taken, hits, failure } = walked;
  // Its engine was ended under it: that is no failure to look into.
  if (closing) return;
  if (failure === undefined) {
    tell({ kind: "end", hits });
  } else {
    tell({ kind: "fails", line: `${lineOf(taken)}\n${failure}` });
    tell({ kind: "end", hits, shortest: await shortestOf(fast, from, walked) });
  }
  tell({ kind: "waits" });
}
