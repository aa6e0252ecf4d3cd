import type { ResourceView } from "../views.ts";
import type { StackRule } from "./rule.ts";

const CLUSTER = "digitalocean:index/databaseCluster:DatabaseCluster";
const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";

interface Firewall {
  readonly rules?: readonly { readonly type?: string; readonly value?: string }[];
}

/** Whether a firewall belongs to a cluster. The cluster's id is unknown until it is made. */
function isOf({ dependencies }: ResourceView, { urn }: ResourceView): boolean {
  return dependencies["clusterId"]?.includes(urn) === true;
}

/** Each database cluster admits somebody, and not everybody. */
export const databaseFirewalls: StackRule = {
  name: "database-firewalls",
  level: "mandatory",
  says: "Each database cluster has a firewall with at least one rule, and none admits every address: without a firewall DigitalOcean admits the whole Internet.",
  check: (resources) => {
    const firewalls = resources.filter(({ type }) => type === FIREWALL);
    const rulesOf = ({ props }: ResourceView) => (props as Firewall).rules ?? [];
    return [
      ...resources
        .filter(
          (cluster) =>
            cluster.type === CLUSTER &&
            !firewalls.some((each) => isOf(each, cluster) && rulesOf(each).length > 0),
        )
        .map(({ urn }) => ({
          urn,
          message: "the cluster has no firewall with a rule, so DigitalOcean admits every address",
        })),
      ...firewalls
        .filter((each) => rulesOf(each).some(({ value = "" }) => /\/0$|^0\.0\.0\.0$/u.test(value)))
        .map(({ urn }) => ({ urn, message: "a rule admits every address" })),
    ];
  },
};
