import type { NetworkingV1Api, V1NetworkPolicy } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";

/** A fault in the policies, and a connection that shows it. */
export interface PolicyFault {
  readonly name: string;
  /** In the form of `wordsOf`. */
  readonly sign: string;
  readonly make: (api: NetworkingV1Api, policies: readonly V1NetworkPolicy[]) => Promise<void>;
}

const COMPONENT = "app.kubernetes.io/component";

/**
 * One of each kind. They don't affect each other's connections, so all can be made at the same
 * time.
 */
export const FAULTS: readonly PolicyFault[] = [
  {
    name: "a policy too few",
    sign: "cloudflared → web TCP 3000",
    make: async (api, policies) => {
      const name = nameOf(
        policies.find(
          ({ spec }) =>
            spec?.ingress !== undefined && spec.podSelector?.matchLabels?.[COMPONENT] === "web",
        ),
      );
      await api.deleteNamespacedNetworkPolicy({ namespace: NAMESPACE, name });
    },
  },
  {
    name: "a policy too many",
    sign: "streaming → the Internet TCP 443",
    make: async (api) => {
      await api.createNamespacedNetworkPolicy({
        namespace: NAMESPACE,
        body: {
          metadata: { name: "too-many" },
          spec: {
            podSelector: { matchLabels: { [COMPONENT]: "streaming" } },
            policyTypes: ["Egress"],
            egress: [{}],
          },
        },
      });
    },
  },
  {
    name: "a policy too wide",
    sign: "web → the Droplet's metadata TCP 80",
    make: async (api, policies) => {
      const name = nameOf(
        policies.find(({ spec }) =>
          spec?.egress?.some(
            ({ to, ports }) =>
              to?.some(({ ipBlock }) => ipBlock?.except !== undefined) === true &&
              ports?.some(({ port }) => port === 80) === true,
          ),
        ),
      );
      const live = await api.readNamespacedNetworkPolicy({ namespace: NAMESPACE, name });
      for (const { to } of live.spec?.egress ?? [])
        for (const { ipBlock } of to ?? [])
          if (ipBlock?.except !== undefined)
            ipBlock.except = ipBlock.except.filter((range) => !range.startsWith("169.254."));
      await api.replaceNamespacedNetworkPolicy({ namespace: NAMESPACE, name, body: live });
    },
  },
];

/** @throws Error if there is none, because the fault would then change nothing. */
function nameOf(policy: V1NetworkPolicy | undefined): string {
  const name = policy?.metadata?.name;
  if (name === undefined) throw new Error("The policy that is to be broken is not there.");
  return name;
}
