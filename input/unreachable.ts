/**
 * The switch with which the Kubernetes provider treats every object of an unreachable cluster as
 * deleted. An outage looks the same to it, and then everything in a running cluster leaves the
 * state. `infra/cluster.ts` disables it in every state that this release has written.
 */
const SWITCH = "PULUMI_K8S_DELETE_UNREACHABLE";

/** Fault of an environment that sets the switch, with its remedy. Undefined if there is none. */
export function unreachableFault(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { [SWITCH]: value = "" } = environment;
  return ["", "0", "false"].includes(value.toLowerCase())
    ? undefined
    : `${SWITCH} is set to "${value}"; nothing was changed. It takes a cluster that does not answer for deleted, but in an outage all in it goes on running, and no later update gets past it. Unset it. If the cluster is deleted, run \`npm run recover -- cluster\`: it asks DigitalOcean first.`;
}
