import type { MockResourceArgs, MockCallArgs } from "@pulumi/pulumi/runtime/mocks.js";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { PLAN_CA } from "./ca-certificate.ts";
import type { FunctionAnswers } from "./look-answers.ts";

/**
 * Answers of the clouds in a plan in memory: for each type exactly the outputs that the clouds
 * compute and that the program may read. It is not "any requested output": `kubeConfigs[0]` would
 * be undefined, and everything derived from it would silently be untested.
 */

type Values = Readonly<Record<string, unknown>>;

/** Prefix of every secret in a plan, both of the configuration and of a cloud. */
export const SECRET_MARK = "marker-of-a-secret-";

/**
 * Outputs that a cloud computes, by type. With each request the SDK states which of them are
 * secret.
 */
const COMPUTED: Readonly<Record<string, (name: string, inputs: Values) => Values>> = {
  "digitalocean:index/vpc:Vpc": () => ({}),
  // Pulumi generates a tag's name.
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
  "cloudflare:index/r2BucketLock:R2BucketLock": () => ({}),
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
 * Answers of the providers' functions. None is secret by default, because the program must mark it.
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
  // The engine gives no id to a resource that does not exist yet.
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
 * @param look answers to the program's requests before its first resource.
 * @throws the answer, if it is an error.
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

/** Fields that the cluster adds. The provider generates a missing name. */
function metadataOf(resource: string, metadata: unknown, preview: boolean): Values {
  const given = (metadata ?? {}) as Values;
  return preview
    ? { name: unknownValue, uid: unknownValue, resourceVersion: unknownValue, ...given }
    : { name: autonamed(resource), uid: `uid-of-${resource}`, resourceVersion: "1", ...given };
}

/** Name of a Kubernetes object in a plan, if Pulumi generates it. */
export function autonamed(resource: string): string {
  return `${resource}-0a1b2c3d`;
}
