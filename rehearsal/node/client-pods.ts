import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";
import { triedPod, runPods, endPods } from "./tried-pods.ts";
import type { RealNode } from "./node.ts";
import { podNetworks } from "./pod-networks.ts";
import { SteadyLoad, type Target } from "./steady-load.ts";

/** A steady load from each node, from a pod that policies treat as a connector. */
export class ClientPods {
  readonly #api: CoreV1Api;
  readonly #pods: readonly V1Pod[];
  readonly loads: readonly SteadyLoad[];

  private constructor(api: CoreV1Api, pods: readonly V1Pod[], loads: readonly SteadyLoad[]) {
    this.#api = api;
    this.#pods = pods;
    this.loads = loads;
  }

  static async start(
    api: CoreV1Api,
    nodes: readonly RealNode[],
    targets: readonly Target[],
  ): Promise<ClientPods> {
    const wanted = nodes.map(({ name }, index) => clientPod(name, index));
    const pods = await runPods(api, wanted);
    const loads = await Promise.all(
      nodes.map(async ({ pid }, index) => {
        const network = (await podNetworks(pid)).get(pods[index]?.status?.podIP ?? "");
        if (network === undefined) throw new Error("A pod that sends requests has no network.");
        return await SteadyLoad.start(network, targets);
      }),
    );
    return new ClientPods(api, wanted, loads);
  }

  async stop(): Promise<void> {
    for (const load of this.loads) load.stop();
    await endPods(this.#api, this.#pods);
  }
}

function clientPod(node: string, index: number): V1Pod {
  const { metadata, spec } = triedPod("cloudflared");
  return {
    metadata: { ...metadata, name: `tried-load-${index}` },
    spec: { ...spec!, nodeName: node },
  };
}
