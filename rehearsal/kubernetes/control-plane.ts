import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { Processes, Server } from "../processes.ts";
import { makeCertificates, type Certificates } from "./certificates.ts";
import {
  API_SERVICE_ADDRESS,
  CLIENTS,
  componentFlags,
  kubeconfigOf,
  type Client,
  type Component,
} from "./components.ts";
import { freePorts } from "./ports.ts";
import { stagesYaml } from "./stages.ts";

/** Input of a control plane's start. */
export interface ControlPlaneOptions {
  /** The multi-call program of `findControlPlane`. */
  readonly binary: string;
  /**
   * Folder of everything in the cluster: data, keys, tokens, logs. Created if missing. It must not
   * contain another cluster.
   */
  readonly directory: string;
  readonly processes: Processes;
  /** The simulated cluster's id, for messages. */
  readonly name: string;
  readonly site: Site;
}

/** Address of a control plane, and its kind of kubelets. */
export interface Site {
  readonly address: string;
  /** If undefined, a free one. */
  readonly apiPort: number | undefined;
  /** "fake": kwok simulates them. */
  readonly kubelets: "fake" | "real";
}

/** A control plane on loopback, unreachable from other machines. */
export const LOOPBACK_SITE: Site = {
  address: "127.0.0.1",
  apiPort: undefined,
  kubelets: "fake",
};

/** A running control plane. */
export interface ControlPlane {
  /** `https://<address>:<port>`. */
  readonly endpoint: string;
  readonly caCertificate: string;
  /** Issues a key pair that all clients with the cluster's CA trust. */
  readonly issue: Certificates["issue"];
  /** A bearer token of `system:masters`. */
  readonly adminToken: string;
  /** Absolute path of the administrator's kubeconfig, which only this user can read. */
  readonly kubeconfig: string;
  readonly apiServer: Server;
  /** Simulates the kubelets; undefined if they are real. */
  readonly kwok: Server | undefined;
  /** Ends all its processes at the same time. Resolves when they are gone. Its folder stays. */
  stop(): Promise<void>;
}

/** Timeout of a start, milliseconds: 3 s on two idle cores, many times that while compilers run. */
const START_MS = 60_000;
const POLL_MS = 50;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok for a cluster
 * without nodes. Waits until the API is ready (its RBAC rules bootstrapped) and namespaces get
 * their ServiceAccount. If a part fails, stops the others and throws a message with the part's name
 * and the end of its log.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const folder of ["pki", "kubeconfigs", "logs"]) await mkdir(join(directory, folder));
  const { address, kubelets } = options.site;
  const [freePort = 0, kubeletPort = 0] = await freePorts(2);
  const apiPort = options.site.apiPort ?? freePort;
  const fake = kubelets === "fake";
  const endpoint = `https://${address}:${apiPort}`;
  const flags = componentFlags({ address, apiPort, kubeletPort: fake ? kubeletPort : undefined });
  const servers: Server[] = [];
  const start = async (component: Component): Promise<Server> => {
    const server = await options.processes.start({
      name: `${component} of ${options.name}`,
      command: options.binary,
      args: [component, ...flags[component]],
      // kwok looks for its own folder in HOME; nothing else reads it.
      env: { HOME: directory },
      directory,
      logFile: join(directory, "logs", `${component}.log`),
    });
    servers.push(server);
    return server;
  };
  const stop = async (): Promise<void> => {
    // Without a grace period: the API server would wait for its watchers, and the data is no longer
    // needed.
    await Promise.all(servers.map((server) => server.stop(0)));
  };
  try {
    await start("etcd"); // etcd needs no certificate, so it elects itself while they are created.
    const certificates = await makeCertificates(
      ["127.0.0.1", address, API_SERVICE_ADDRESS],
      ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
    );
    const tokens = new Map(CLIENTS.map((client) => [client, randomBytes(24).toString("hex")]));
    await writeFiles(directory, endpoint, certificates, tokens);
    const apiServer = await start("kube-apiserver");

    const adminToken = tokens.get("admin") ?? "";
    const caCertificate = certificates.ca.certificate;
    const answers = (path: string) => get(endpoint + path, caCertificate, adminToken);
    const until = (what: string, path: string) => waitUntil(what, () => answers(path), servers);
    // The clients are in `system:masters`, so they need not wait for the RBAC rules (/readyz),
    // which take a second. The controller-manager ends if the API does not answer within ten
    // seconds, so it can't start earlier.
    await until("the API server answers", "/livez/ping");
    const [kwok] = await Promise.all([
      fake ? start("kwok") : undefined,
      start("kube-controller-manager"),
      start("kube-scheduler"),
    ]);
    await Promise.all([
      until("the API server is ready", "/readyz"),
      until(
        "namespaces get their ServiceAccount",
        "/api/v1/namespaces/default/serviceaccounts/default",
      ),
      fake &&
        waitUntil(
          "kwok answers",
          () => get(`https://127.0.0.1:${kubeletPort}/healthz`, caCertificate, ""),
          servers,
        ),
    ]);
    const kubeconfig = join(directory, kubeconfigOf("admin"));
    const { issue } = certificates;
    return { endpoint, caCertificate, issue, adminToken, kubeconfig, apiServer, kwok, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeFiles(
  directory: string,
  endpoint: string,
  certificates: Certificates,
  tokens: ReadonlyMap<Client, string>,
): Promise<void> {
  const { ca, server, frontProxy, serviceAccounts } = certificates;
  const files: Record<string, string> = {
    "pki/ca.crt": ca.certificate,
    "pki/ca.key": ca.key,
    "pki/server.crt": server.certificate,
    "pki/server.key": server.key,
    "pki/front-proxy.crt": frontProxy.certificate,
    "pki/front-proxy.key": frontProxy.key,
    "pki/service-accounts.key": serviceAccounts.key,
    "pki/service-accounts.pub": serviceAccounts.publicKey,
    // token, user, uid, groups:
    // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file
    "tokens.csv": [...tokens]
      .map(([client, token]) => `${token},rehearsal:${client},${client},"system:masters"\n`)
      .join(""),
    "stages.yaml": stagesYaml(),
  };
  for (const [client, token] of tokens)
    files[kubeconfigOf(client)] = kubeconfigYaml(endpoint, ca.certificate, client, token);
  await Promise.all(
    Object.entries(files).map(([name, content]) =>
      writeFile(join(directory, name), content, { mode: 0o600, flag: "wx" }),
    ),
  );
}

/** A kubeconfig with one cluster and one user. */
function kubeconfigYaml(endpoint: string, ca: string, client: Client, token: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "rehearsal",
    clusters: [
      {
        name: "rehearsal",
        cluster: {
          server: endpoint,
          "certificate-authority-data": Buffer.from(ca).toString("base64"),
        },
      },
    ],
    users: [{ name: client, user: { token } }],
    contexts: [{ name: "rehearsal", context: { cluster: "rehearsal", user: client } }],
  });
}

async function waitUntil(
  what: string,
  answers: () => Promise<boolean>,
  servers: readonly Server[],
): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (!(await answers())) {
    const dead = servers.find((server) => !server.running());
    if (dead !== undefined)
      throw new Error(`${dead.name} ended before ${what}. The end of its log:\n${dead.logTail(8)}`);
    if (performance.now() > deadline)
      throw new Error(
        `${START_MS / 1000} s went by before ${what}. The ends of the logs:\n${servers.map((server) => `${server.name}: ${server.logTail(2)}`).join("\n")}`,
      );
    await sleep(POLL_MS);
  }
}

/** Whether a GET answers 200. Any other result means "not yet". */
async function get(url: string, ca: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      url,
      {
        ca,
        timeout: 2_000,
        agent: false,
        headers: token ? { authorization: `Bearer ${token}` } : {},
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    call.once("timeout", () => call.destroy());
    call.once("error", () => resolve(false));
    call.end();
  });
}
