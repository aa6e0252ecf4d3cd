import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../processes.ts";
import { DNS_ADDRESS } from "./kubelet.ts";
import { NETWORK } from "./network.ts";

/** What a cluster's DNS is made of. */
export interface DnsOptions {
  /** The program, CoreDNS. */
  readonly program: string;
  /** A folder of ours. */
  readonly directory: string;
  readonly processes: Processes;
  readonly kubeconfig: string;
  /** Names of the world outside of the cluster, with their addresses. */
  readonly hosts: () => ReadonlyMap<string, string>;
}

/** How often names of the world are written anew, milliseconds: a new database is asked for a second later at the earliest. */
const HOSTS_MS = 300;

/**
 * A DNS beside the cluster, at the address where its Pods ask: knows its Services, and the names of
 * the world outside.
 */
export async function startWorldDns(options: DnsOptions): Promise<void> {
  const { directory, program, processes, kubeconfig, hosts } = options;
  const file = join(directory, "hosts");
  const write = async (): Promise<void> =>
    await writeFile(file, [...hosts()].map(([name, address]) => `${address} ${name}\n`).join(""));
  await write();
  setInterval(() => void write().catch(() => undefined), HOSTS_MS).unref();
  const corefile = join(directory, "Corefile");
  await writeFile(
    corefile,
    `.:53 {
  errors
  hosts ${file} {
    reload ${HOSTS_MS}ms
    ttl 2
    fallthrough
  }
  kubernetes cluster.local {
    kubeconfig ${kubeconfig}
  }
}
`,
  );
  await processes.start({
    name: "coredns",
    command: program,
    args: ["-conf", corefile],
    directory,
    logFile: join(directory, "coredns.log"),
  });
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const ports = [
    { name: "dns", port: 53, protocol: "UDP" },
    { name: "dns-tcp", port: 53, protocol: "TCP" },
  ];
  const metadata = { name: "kube-dns" };
  const namespace = "kube-system";
  await api.createNamespacedService({
    namespace,
    body: { metadata, spec: { clusterIP: DNS_ADDRESS, ports } },
  });
  await api.createNamespacedEndpoints({
    namespace,
    body: { metadata, subsets: [{ addresses: [{ ip: NETWORK.gateway }], ports }] },
  });
}
