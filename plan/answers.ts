import type { MockResourceArgs, MockCallArgs } from "@pulumi/pulumi/runtime/mocks.js";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { PLAN_CA } from "./ca-certificate.ts";
import type { FunctionAnswers } from "./look-answers.ts";

/**
 * Answers of the clouds in a plan made in memory: per type exactly the outputs that they compute
 * and that the program may read. Not "whatever was asked for": `kubeConfigs[0]` would be undefined,
 * and everything made of it untested without a word.
 */

type Values = Readonly<Record<string, unknown>>;

/** Every secret of a plan begins with this, those of the config and those that a cloud makes. */
export const SECRET_MARK = "marker-of-a-secret-";

/**
 * Outputs that a cloud computes, per type. Which of them are secret, the SDK says itself with each
 * request.
 */
const COMPUTED: Readonly<Record<string, (name: string, inputs: Values) => Values>> = {
  "digitalocean:index/vpc:Vpc": () => ({}),
  // The program leaves a tag's name to Pulumi.
  "digitalocean:index/tag:Tag": (name) => ({ name: `${name}-0a1b2c3` }),
  "digitalocean:index/kubernetesCluster:KubernetesCluster": (name) => ({
    endpoint: `https://${name}.k8s.example`,
    clusterUrn: `do:kubernetes:id-of-${name}`,
    kubeConfigs: [
      {
        clusterCaCertificate: "Y2VydGlmaWNhdGU=",
        token: `${SECRET_MARK}${name}-token`,
        rawConfig: `${SECRET_MARK}${name}-raw-config`,
      },
    ],
  }),
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": (name) => ({
    name: `${name}-0a1b2c3`,
  }),
  "digitalocean:index/databaseCluster:DatabaseCluster": (name, { engine }) => {
    const password = `${SECRET_MARK}${name}-password`;
    const port = engine === "pg" ? 25060 : 25061;
    const privateHost = `private-${name}.db.example`;
    return {
      clusterUrn: `do:dbaas:id-of-${name}`,
      privateHost,
      port,
      user: engine === "pg" ? "doadmin" : "default",
      password,
      database: "defaultdb",
      privateUri: `${engine === "pg" ? "postgresql" : "rediss"}://default:${password}@${privateHost}:${port}`,
      uri: `${engine === "pg" ? "postgresql" : "rediss"}://default:${password}@${name}.db.example:${port}`,
    };
  },
  "digitalocean:index/databaseFirewall:DatabaseFirewall": () => ({}),
  "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig": () => ({}),
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": () => ({}),
  "digitalocean:index/databaseReplica:DatabaseReplica": (name) => ({
    uuid: `uuid-of-${name}`,
    privateHost: `private-${name}.db.example`,
    port: 25060,
    password: `${SECRET_MARK}${name}-password`,
    uri: `postgresql://doadmin:${SECRET_MARK}${name}-password@${name}.db.example:25060/defaultdb`,
    privateUri: `postgresql://doadmin:${SECRET_MARK}${name}-password@private-${name}.db.example:25060/defaultdb`,
  }),
  "digitalocean:index/project:Project": () => ({}),
  "digitalocean:index/projectResources:ProjectResources": () => ({}),
  "digitalocean:index/uptimeCheck:UptimeCheck": () => ({}),
  "digitalocean:index/uptimeAlert:UptimeAlert": () => ({}),
  "digitalocean:index/monitorAlert:MonitorAlert": (name) => ({ uuid: `uuid-of-${name}` }),
  "digitalocean:index/databaseDb:DatabaseDb": () => ({}),
  "digitalocean:index/databaseUser:DatabaseUser": (name) => ({
    password: `${SECRET_MARK}${name}-password`,
  }),
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": (name) => ({
    port: 25061,
    password: `${SECRET_MARK}${name}-password`,
  }),
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": (
    _name,
    { accountId },
  ) => ({ accountTag: accountId }),
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": () => ({}),
  "cloudflare:index/dnsRecord:DnsRecord": () => ({}),
  "cloudflare:index/ruleset:Ruleset": () => ({}),
  "cloudflare:index/r2Bucket:R2Bucket": () => ({}),
  "cloudflare:index/r2CustomDomain:R2CustomDomain": () => ({}),
  "cloudflare:index/r2BucketCors:R2BucketCors": () => ({}),
  "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle": () => ({}),
  "cloudflare:index/accountToken:AccountToken": (name) => ({
    value: `${SECRET_MARK}${name}-value`,
  }),
  "cloudflare:index/workersScript:WorkersScript": () => ({}),
  "cloudflare:index/workersRoute:WorkersRoute": () => ({}),
  "digitalocean:index/spacesKey:SpacesKey": (name) => ({
    accessKey: `id-of-${name}`,
    secretKey: `${SECRET_MARK}${name}-secret`,
  }),
  "digitalocean:index/spacesBucket:SpacesBucket": () => ({}),
  "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration": () => ({}),
  "pulumi:providers:digitalocean": () => ({}),
  "cloudflare:index/zoneSetting:ZoneSetting": () => ({}),
  "cloudflare:index/botManagement:BotManagement": () => ({}),
  "cloudflare:index/tieredCache:TieredCache": () => ({}),
  "cloudflare:index/argoTieredCaching:ArgoTieredCaching": () => ({}),
  "pulumi:providers:kubernetes": () => ({}),
};

/**
 * Answers of the providers' functions. None is secret by itself: to make it one is the program's
 * part.
 */
const FUNCTIONS: Readonly<Record<string, Values>> = {
  "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: PLAN_CA },
};

/**
 * Id and outputs of a resource. In a preview of a new stack the computed ones are unknown.
 * @throws Error for a type that is not in the table.
 */
export function resourceAnswer(
  { type, name, inputs, custom }: MockResourceArgs,
  preview: boolean,
): { id: string | undefined; state: Record<string, unknown> } {
  const given = inputs as Values;
  if (custom !== true) return { id: undefined, state: { ...given } };
  // The engine gives a resource that is not there yet no id at all.
  const id = preview ? undefined : `id-of-${name}`;
  if (type.startsWith("kubernetes:"))
    return { id, state: { ...given, metadata: metadataOf(name, given["metadata"], preview) } };
  const computed = COMPUTED[type]?.(name, given);
  if (computed === undefined)
    throw new Error(
      `The plan in memory has no answer for the resource ${name} of type ${type}. Add its computed outputs to plan/answers.ts.`,
    );
  const state = preview
    ? Object.fromEntries(Object.keys(computed).map((key) => [key, unknownValue]))
    : computed;
  return { id, state: { ...given, ...state } };
}

/**
 * The answer of a provider's function.
 * @param look answers of those that the program asks before its first resource.
 * @throws the answer, where it is an error.
 * @throws Error for a function that is not in the table.
 */
export function functionAnswer({ token }: MockCallArgs, look: FunctionAnswers = {}): Values {
  const answer = look[token] ?? FUNCTIONS[token];
  if (answer instanceof Error) throw answer;
  if (answer === undefined)
    throw new Error(
      `The plan in memory has no answer for the function ${token}. Add it to plan/answers.ts.`,
    );
  return answer;
}

/** Fields that the cluster adds; and an object without a name gets one from the provider. */
function metadataOf(resource: string, metadata: unknown, preview: boolean): Values {
  const given = (metadata ?? {}) as Values;
  return preview
    ? { name: unknownValue, uid: unknownValue, resourceVersion: unknownValue, ...given }
    : { name: autonamed(resource), uid: `uid-of-${resource}`, resourceVersion: "1", ...given };
}

/** The name that a Kubernetes object gets in a plan when the program leaves it to Pulumi. */
export function autonamed(resource: string): string {
  return `${resource}-0a1b2c3d`;
}
