import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { metadataOf } from "./pod.ts";

/** Arguments of the account that may read rollouts. */
export interface RolloutAccessArgs {
  readonly namespace: pulumi.Input<string>;
}

/**
 * All its permissions, only in this namespace. It reads events, because they contain the messages
 * of probes.
 */
const RULES = [
  { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["pods", "events"], verbs: ["get", "list"] },
];

/**
 * Account with which the steps `rollout-assets` and `rollout` ask the API server. It only reads. A
 * pod's specification contains names of Secrets and no values.
 */
export class RolloutAccess extends pulumi.ComponentResource {
  /** Name of the ServiceAccount. It resolves once the account may read. */
  readonly account: pulumi.Output<string>;

  constructor(name: string, args: RolloutAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:RolloutAccess", name, {}, opts);
    const metadata = metadataOf(args.namespace, "rollout");
    const account = new kubernetes.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata, automountServiceAccountToken: false },
      { parent: this },
    ).metadata.name;
    const reader = new kubernetes.rbac.v1.Role(
      `${name}-reader`,
      { metadata, rules: RULES },
      { parent: this },
    );
    const binding = new kubernetes.rbac.v1.RoleBinding(
      `${name}-binding`,
      {
        metadata,
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "Role",
          name: reader.metadata.name,
        },
        subjects: [{ kind: "ServiceAccount", name: account, namespace: args.namespace }],
      },
      { parent: this },
    );
    this.account = binding.subjects.apply((subjects) => subjects[0]?.name ?? "");
    this.registerOutputs({});
  }
}
