import { budgetsOf } from "../../../domain/capacity/all.ts";
import type { StackConfig } from "../../../config/schema.ts";
import { sentenceOf } from "../../command-line.ts";
import { disksByHost } from "../../db/disk.ts";
import { withinLimit } from "../../doctor/limit.ts";
import { INSIDE_LIMIT_MS } from "../../pods/inside.ts";
import { gaugesOf, useIn, type Use } from "../databases.ts";
import { DATABASES } from "../databases-program.ts";
import { gauge, NEARLY, unknownUse, type Gauge } from "../gauge.ts";
import { told, type Part } from "../part.ts";
import { PART_LIMIT_MS, type NodeUse } from "../scene.ts";

/** An answer, or the reason why there is none. */
type Known<T> = T | { readonly reason: string };

interface Full {
  readonly config: StackConfig;
  readonly nodes: Known<readonly NodeUse[]>;
  readonly databases: Known<Use>;
  /** Disks of database clusters by their private host; empty: DigitalOcean did not answer. */
  readonly disks: ReadonlyMap<string, number>;
}

/** Databases, nodes and limits of the plan: the nearly full ones first. */
export const full: Part<Full> = {
  name: "full",
  // Longer than the other parts' limit: Bundler alone takes about a second, more in a busy pod.
  limitMs: INSIDE_LIMIT_MS + 500,
  async ask({ config, cluster, inside, digitalocean, value, limitMs = PART_LIMIT_MS }) {
    const [nodes, databases, disks] = await Promise.all([
      // A little before the part, which would hide the databases' answer.
      known(
        withinLimit(cluster(), limitMs - 200).then(
          (found) => found.nodes ?? { reason: "no metrics-server answers" },
        ),
      ),
      known(inside(DATABASES).then(useIn)),
      value(async () => disksByHost({ digitalocean: await digitalocean() })).catch(
        () => new Map<string, number>(),
      ),
    ]);
    return { config: await config(), nodes, databases, disks };
  },
  tell({ config, nodes, databases, disks }) {
    const gauges = [
      ...("reason" in databases
        ? [unknownUse("the databases", databases.reason)]
        : gaugesOf(databases, config, (host) => disks.get(host))),
      ...planned(config),
      ...nodeGauges(nodes),
    ];
    const [look, unknown, well] = (["look", "unknown", "well"] as const).map((wanted) =>
      gauges.filter(({ word }) => word === wanted).map(({ line }) => line),
    );
    return {
      ...told(look!, [...unknown!, ...well!]),
      // Something full must not look well because nobody could ask it.
      ...(look!.length === 0 && unknown!.length > 0 && { word: "unknown" as const }),
    };
  },
};

/** Limits that the plan nearly reaches. It was accepted so, and may be right. */
function planned(config: StackConfig): readonly Gauge[] {
  return budgetsOf(config).flatMap(({ what, needed, available, unit }) => {
    const percent = Math.floor((needed / available) * 100);
    return percent < NEARLY
      ? []
      : [gauge(`${what}: ${needed} of ${available}${unit} planned, ${percent} %`)];
  });
}

function nodeGauges(nodes: Full["nodes"]): readonly Gauge[] {
  return "reason" in nodes
    ? [unknownUse("the nodes", nodes.reason)]
    : nodes.map(({ name, cpu, memory }) =>
        gauge(
          `${name} uses ${cpu} % of CPU, ${memory} % of memory`,
          Math.max(cpu, memory) < NEARLY ? "well" : "look",
        ),
      );
}

async function known<T>(answer: Promise<Known<T>>): Promise<Known<T>> {
  return await answer.catch((error: unknown) => ({ reason: sentenceOf(error) }));
}
