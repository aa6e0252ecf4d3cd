import { KubeConfig } from "@kubernetes/client-node";
import { NAMESPACE } from "../../../config/topology.ts";
import { ServingWatch } from "../../checks/serving-pods.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { SCHEDULER } from "../release-steps.ts";

/** Interval at which a new cluster is looked for, milliseconds. It has no pod for seconds. */
const LOOK_MS = 50;

/** Counts the pods of the only scheduler in every cluster, at every change of any pod. */
export class Schedulers {
  readonly #rehearsal: Rehearsal;
  readonly #watches = new Map<string, Promise<ServingWatch>>();
  readonly #breaches: string[] = [];
  readonly #look: NodeJS.Timeout;

  private constructor(rehearsal: Rehearsal) {
    this.#rehearsal = rehearsal;
    this.#find();
    this.#look = setInterval(() => this.#find(), LOOK_MS);
  }

  static async start(rehearsal: Rehearsal): Promise<Schedulers> {
    const schedulers = new Schedulers(rehearsal);
    await Promise.all(schedulers.#watches.values());
    return schedulers;
  }

  /**
   * Ends the count.
   * @param apiAway whether an API server was away. The watch of its cluster broke off then.
   * @returns what was seen against the limit.
   */
  async stop(apiAway: boolean): Promise<readonly string[]> {
    clearInterval(this.#look);
    for (const [cluster, watch] of this.#watches) {
      const isGone = !this.#rehearsal.world.runningClusters.has(cluster);
      const { passed, detail } = await (await watch).stop("one scheduler");
      // The API server of a deleted cluster ends every watch.
      const forgiven = (isGone || apiAway) && detail.startsWith("the watch broke off");
      if (!passed && !forgiven) this.#breaches.push(detail);
    }
    return this.#breaches;
  }

  #find(): void {
    const { world, clusters } = this.#rehearsal;
    for (const id of world.runningClusters.keys()) {
      if (this.#watches.has(id)) continue;
      const config = new KubeConfig();
      config.loadFromFile(clusters.kubeconfigPath(id));
      this.#watches.set(
        id,
        ServingWatch.start(config, NAMESPACE, { ready: {}, atMost: { [SCHEDULER]: 1 } }),
      );
    }
  }
}
