import type { CoreV1Api, NetworkingV1Api, V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";
import type { Flow } from "../../k8s/flows/flow.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { checkOpened, componentsOf, type TriedConnection } from "../checks/connections-opened.ts";
import { PORTS, wordsOf } from "../checks/network-matrix.ts";
import { runIp } from "./ip.ts";
import { ConnectionMeter } from "./measure-connections.ts";
import type { RealNode } from "./node.ts";
import { partiesOf, PRIVATE } from "./parties.ts";
import { FAULTS } from "./policy-faults.ts";
import { endPods, runPods, triedPod } from "./tried-pods.ts";

/** A cluster on real nodes, and its surroundings. */
export interface PolicyGround {
  readonly core: CoreV1Api;
  readonly networking: NetworkingV1Api;
  readonly nodes: readonly RealNode[];
  /** Addresses of a database, and of a site on the Internet. */
  readonly database: string;
  readonly site: string;
}

/**
 * Tries every connection of the matrix from its pod's network: with the policies as they are, with
 * faults in them, and after their restoration.
 */
export async function checkPolicies(
  ground: PolicyGround,
  flows: readonly Flow[],
): Promise<readonly Check[]> {
  const { networking } = ground;
  const { measure, policies, close } = await openMeter(ground, flows);
  try {
    const before = await policies();
    const check = checkOpened(await measure(), flows);
    for (const { make } of FAULTS) await make(networking, before);
    const broken = await measure();
    await restore(networking, before, await policies());
    const after = checkOpened(await measure(), flows);
    return [
      check,
      checkOf(
        "a policy too few, one too many and one too wide are each seen where they are enforced",
        [
          ...FAULTS.filter(({ sign }) => !broken.some((one) => isSign(one, sign))).map(
            ({ name, sign }) => `${name}: ${sign} is as it should be`,
          ),
          ...broken
            .filter(({ computed, opened }) => computed !== opened)
            .map((one) => `${wordsOf(one)} is not as computed`),
        ],
        `${broken.filter(({ written, opened }) => written !== opened).length} connections differed from the table`,
      ),
      { ...after, name: `${after.name}, again after these faults` },
    ];
  } finally {
    await close();
  }
}

function isSign(one: TriedConnection, sign: string): boolean {
  return wordsOf(one) === sign && one.written !== one.opened;
}

/** Opens a meter in every network of the cluster, with a pod for each component that has none. */
async function openMeter(
  { core, networking, nodes, database, site }: PolicyGround,
  flows: readonly Flow[],
) {
  const { items: all } = await core.listNamespacedPod({ namespace: NAMESPACE });
  const running = all.filter(isRunning);
  const there = new Set(running.map(componentOf));
  const missing = [...componentsOf(flows)].filter((name) => !there.has(name));
  const standIns = [...missing.map((name) => triedPod(name)), triedPod(undefined, "default")];
  try {
    const extra = await runPods(core, standIns);
    await runIp(Object.values(PRIVATE).map((each) => `address replace ${each}/32 dev lo`));
    const pods = [...running, ...extra.slice(0, -1)];
    const { items: system } = await core.listNamespacedPod({ namespace: "kube-system" });
    const { items: services } = await core.listNamespacedService({ namespace: NAMESPACE });
    const meter = await ConnectionMeter.open(
      await partiesOf({
        ...{ pods, stranger: extra.at(-1)!, system: system.filter(isRunning) },
        ...{ services, nodes, database, site },
      }),
      PORTS,
    );
    const policies = async (): Promise<readonly V1NetworkPolicy[]> =>
      (await networking.listNamespacedNetworkPolicy({ namespace: NAMESPACE })).items;
    return {
      policies,
      measure: async () => await meter.measure(pods, await policies(), flows),
      close: async () => {
        meter.close();
        await endPods(core, standIns);
      },
    };
  } catch (error) {
    await endPods(core, standIns);
    throw error;
  }
}

/** Restores policies that were changed, removed, or added. */
async function restore(
  api: NetworkingV1Api,
  before: readonly V1NetworkPolicy[],
  now: readonly V1NetworkPolicy[],
): Promise<void> {
  const namespace = NAMESPACE;
  const nameOf = ({ metadata }: V1NetworkPolicy): string => metadata?.name ?? "";
  for (const policy of now)
    if (!before.some((one) => nameOf(one) === nameOf(policy)))
      await api.deleteNamespacedNetworkPolicy({ namespace, name: nameOf(policy) });
  for (const policy of before) {
    const { name, labels, annotations } = policy.metadata ?? {};
    const body = { metadata: { name, namespace, labels, annotations }, spec: policy.spec };
    if (!now.some((one) => nameOf(one) === name))
      await api.createNamespacedNetworkPolicy({ namespace, body: body as V1NetworkPolicy });
    else {
      const live = await api.readNamespacedNetworkPolicy({ namespace, name: name ?? "" });
      await api.replaceNamespacedNetworkPolicy({
        namespace,
        name: name ?? "",
        body: { ...live, spec: policy.spec! },
      });
    }
  }
}

function isRunning({ metadata, status }: V1Pod): boolean {
  return (
    status?.phase === "Running" &&
    metadata?.deletionTimestamp === undefined &&
    status.podIP !== undefined &&
    status.podIP !== status.hostIP
  );
}

function componentOf({ metadata }: V1Pod): string {
  return metadata?.labels?.["app.kubernetes.io/component"] ?? "";
}
