import { budgetsOf } from "../../../domain/capacity/all.ts";
import type { Budget } from "../../../domain/capacity/budget.ts";
import { told, type Part } from "../part.ts";
import type { NodeUse } from "../scene.ts";

/** Share from which something is nearly full, percent. */
const NEARLY = 90;

interface Full {
  readonly budgets: readonly Budget[];
  /** Undefined: no metrics-server answers. A reason: the cluster does not. */
  readonly nodes: readonly NodeUse[] | { readonly reason: string };
}

/** Limits of the plan that are nearly reached, and the nodes' own use. */
export const full: Part<Full> = {
  name: "full",
  async ask({ config, cluster }) {
    const nodes = await cluster().then(
      (found) => found.nodes ?? { reason: "no metrics-server answers" },
      (error: unknown) => ({ reason: error instanceof Error ? error.message : String(error) }),
    );
    return { budgets: budgetsOf(await config()), nodes };
  },
  tell({ budgets, nodes }) {
    const planned = budgets.flatMap(({ what, needed, available, unit }) => {
      const percent = Math.floor((needed / available) * 100);
      return percent < NEARLY
        ? []
        : [`${what}: ${needed} of ${available}${unit} planned, ${percent} %`];
    });
    // Use of databases is in no API that these tokens read.
    const more = "disk of Postgres, memory of Valkey: DigitalOcean's panel, Insights";
    if ("reason" in nodes)
      return told([], [...planned, `the nodes' use is not known: ${nodes.reason}`, more]);
    const [busy, calm] = [true, false].map((isBusy) =>
      nodes
        .filter(({ cpu, memory }) => Math.max(cpu, memory) >= NEARLY === isBusy)
        .map(({ name, cpu, memory }) => `${name} uses ${cpu} % of CPU, ${memory} % of memory`),
    );
    // A plan may be full to the last connection and be right: it was accepted so.
    return told(busy!, [...planned, ...calm!, more]);
  },
};
