import type { KubeConfig } from "@kubernetes/client-node";
import { CoreV1Api, makeInformer, type Informer, type V1Pod } from "@kubernetes/client-node";

/** Receives every change of the pods of a namespace. */
export interface PodLedger {
  put(pod: V1Pod): void;
  remove(pod: V1Pod): void;
}

/**
 * Passes every change of a namespace's pods to a ledger, until it is stopped. Nothing is sampled,
 * so the ledger sees a gap of a millisecond.
 */
export class PodWatch<Ledger extends PodLedger> {
  readonly ledger: Ledger;
  readonly #informer: Informer<V1Pod>;
  readonly #faults: string[] = [];
  #isStopped = false;

  private constructor(ledger: Ledger, informer: Informer<V1Pod>) {
    this.ledger = ledger;
    this.#informer = informer;
    informer.on("add", (pod) => ledger.put(pod));
    informer.on("update", (pod) => ledger.put(pod));
    informer.on("delete", (pod) => ledger.remove(pod));
    informer.on("error", (error: unknown) => {
      // The end of the watch itself is reported as an error, a moment later.
      if (this.#isStopped) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#faults.push(`the watch broke off: ${why}`);
    });
  }

  /** @param ledgerOf creates the ledger from the pods that exist at the beginning. */
  static async start<Ledger extends PodLedger>(
    config: KubeConfig,
    namespace: string,
    ledgerOf: (pods: readonly V1Pod[]) => Ledger,
  ): Promise<PodWatch<Ledger>> {
    const api = config.makeApiClient(CoreV1Api);
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, () =>
      api.listNamespacedPod({ namespace }),
    );
    await informer.start();
    return new PodWatch(ledgerOf(informer.list()), informer);
  }

  /** A watch that broke off may have missed a change, so it proves nothing. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#informer.stop();
  }
}
