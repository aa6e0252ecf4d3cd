import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";

/**
 * What the providers answer, per type: strict, since an output that nobody stated is `undefined`, and all that hangs on it would go
 * untested. A type or function that has no row here is an error of the test.
 */

type Properties = Record<string, unknown>;

/** Every secret that a plan meets begins so: one that stands in an input unwrapped would be saved in plaintext. */
export const MARKER = "marker-of-a-secret";

/** A secret value to search for. */
export function marked(what: string): string {
  return `${MARKER}:${what}`;
}

interface Row {
  /** Outputs that only the cloud knows: unknown in a preview. */
  readonly computed?: (args: MockResourceArgs) => Properties;
  /** Whether Pulumi names it when the program does not (`<logical>-<7 hex>`). */
  readonly autonamed?: true;
}

const secret = (what: string): pulumi.Output<string> => pulumi.secret(marked(what));

const DIGITALOCEAN: Readonly<Record<string, Row>> = {
  "vpc:Vpc": { autonamed: true, computed: () => ({ vpcUrn: "do:vpc:1", default: false }) },
  "tag:Tag": { autonamed: true },
  "kubernetesCluster:KubernetesCluster": {
    autonamed: true,
    computed: () => ({
      endpoint: "https://cluster.k8s.ondigitalocean.com",
      kubeConfigs: pulumi.secret([
        {
          clusterCaCertificate: "Q0E=",
          token: marked("kubeconfig token"),
          rawConfig: marked("kubeconfig"),
        },
      ]),
    }),
  },
  "kubernetesNodePool:KubernetesNodePool": { autonamed: true },
  "databaseCluster:DatabaseCluster": {
    autonamed: true,
    computed: ({ name, inputs }) => ({
      host: `${name}.db.ondigitalocean.com`,
      privateHost: `private-${name}.db.ondigitalocean.com`,
      port: inputs.engine === "pg" ? 25_060 : 25_061,
      user: inputs.engine === "pg" ? "doadmin" : "default",
      database: inputs.engine === "pg" ? "defaultdb" : "",
      password: secret(`${name} password`),
      uri: secret(`${name} uri`),
      privateUri: secret(`${name} private uri`),
    }),
  },
  "databaseDb:DatabaseDb": { autonamed: true },
  "databaseUser:DatabaseUser": {
    autonamed: true,
    computed: ({ name }) => ({ password: secret(`${name} password`), role: "normal" }),
  },
  "databaseConnectionPool:DatabaseConnectionPool": {
    autonamed: true,
    computed: ({ name }) => ({
      host: "postgres.db.ondigitalocean.com",
      privateHost: "private-postgres.db.ondigitalocean.com",
      port: 25_061,
      password: secret(`${name} password`),
      uri: secret(`${name} uri`),
      privateUri: secret(`${name} private uri`),
    }),
  },
  "databaseFirewall:DatabaseFirewall": {},
};

const CLOUDFLARE: Readonly<Record<string, Row>> = {
  "zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": {
    computed: () => ({ status: "inactive" }),
  },
  "zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": {},
  "dnsRecord:DnsRecord": {},
  "ruleset:Ruleset": {},
};

const KUBERNETES: ReadonlySet<string> = new Set([
  "core/v1:Namespace",
  "core/v1:ConfigMap",
  "core/v1:Secret",
  "core/v1:Service",
  "apps/v1:Deployment",
  "batch/v1:Job",
]);

const FUNCTIONS: Readonly<Record<string, () => Properties>> = {
  "digitalocean:index/getDatabaseCa:getDatabaseCa": () => ({
    certificate: "-----BEGIN CERTIFICATE-----\nQ0E=\n-----END CERTIFICATE-----\n",
  }),
  // Not a secret, as the bridge answers: the program has to make it one.
  "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": () => ({
    token: marked("tunnel token"),
  }),
};

/** The id and outputs that the engine would hand back for a registered resource. */
export function statedOutputs(
  args: MockResourceArgs,
  preview: boolean,
): { readonly id: string | undefined; readonly state: Properties } {
  const { type, name } = args;
  const inputs = args.inputs as Properties;
  const given = (id: string): string => (preview ? "" : id);
  if (type.startsWith("pulumi:providers:")) return { id: given(`${name}-id`), state: inputs };
  if (args.custom !== true) return { id: undefined, state: {} };
  const [provider = "", kind = ""] = split(type);
  if (provider === "kubernetes" && KUBERNETES.has(kind)) {
    const metadata = named(inputs["metadata"] as Properties | undefined, name);
    const place = metadata["namespace"];
    const id =
      typeof place === "string" ? `${place}/${String(metadata["name"])}` : String(metadata["name"]);
    return { id: given(id), state: { ...inputs, metadata } };
  }
  const row = (provider === "digitalocean" ? DIGITALOCEAN : CLOUDFLARE)[kind];
  if (row === undefined || !["digitalocean", "cloudflare"].includes(provider))
    throw new Error(
      `The recording monitor knows no outputs of ${type}. Add a row to test/harness/answers.ts.`,
    );
  return {
    id: given(`${name}-id`),
    state: {
      ...(row.autonamed === true ? named(inputs, name) : inputs),
      ...(preview ? {} : row.computed?.(args)),
    },
  };
}

/** The answer of a provider's function. */
export function answerOf({ token }: MockCallArgs): Properties {
  const answer = FUNCTIONS[token];
  if (answer === undefined)
    throw new Error(
      `The recording monitor has no answer to ${token}. Add it to test/harness/answers.ts.`,
    );
  return answer();
}

/** `digitalocean:index/vpc:Vpc` → `["digitalocean", "vpc:Vpc"]`. */
function split(type: string): readonly string[] {
  const [provider = "", ...rest] = type.split(":");
  return [provider, rest.join(":").replace(/^index\//u, "")];
}

function named(properties: Properties = {}, logicalName: string): Properties {
  return { ...properties, name: properties["name"] ?? `${logicalName}-0a1b2c3` };
}
