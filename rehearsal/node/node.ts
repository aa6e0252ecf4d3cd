import { chmod, mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { existsSync } from "node:fs";
import type { KeyPair } from "../authority.ts";
import { isListening } from "../listening.ts";
import type { Processes, Server } from "../processes.ts";
import { joinLines, makeTree, removeTree, type Cgroups } from "./cgroups.ts";
import { CNI_FILE, CONTAINERD_SOCKET, containerdToml, podNetwork } from "./containerd.ts";
import { storeLines, type NodeStore } from "./image-store.ts";
import { runIp } from "./ip.ts";
import { kubeletYaml, proxyYaml } from "./kubelet.ts";
import { firstProcessOf, namespaceCommand } from "./namespaces.ts";
import { cableCommands, nodeCommands, routeToPods } from "./network.ts";
import { NODE_FOLDERS, nodeScript, READY_FILE } from "./node-namespace.ts";
import { RESOLVER } from "./world-dns.ts";
import { POLICY_AGENT, policyAgentCommand } from "./policy-agent.ts";

/** Input of a node. */
export interface NodeOptions {
  readonly name: string;
  /** Slug of its Droplet size. */
  readonly size: string;
  /** Address in the VPC. */
  readonly address: string;
  /** Address range of its Pods, "10.244.1.0/24". */
  readonly podRange: string;
  /**
   * Number of the node in its run, from 1, for the names of its network interface and its cgroup.
   */
  readonly index: number;
  /** The node's own folder. Created if missing. */
  readonly folder: string;
  /** A Debian 13 with containerd, runc and their dependencies. */
  readonly debian: string;
  /** The program of `findNodeProgram`. */
  readonly program: string;
  /** The program that enforces policies: kube-router. */
  readonly policyAgent: string;
  readonly cgroups: Cgroups;
  readonly processes: Processes;
  /** PEM of the cluster's authority. */
  readonly clusterCa: string;
  /** Serving certificate of the kubelet, signed by that authority. */
  readonly serving: KeyPair;
  readonly kubeconfig: string;
  /** Initial contents of containerd. */
  readonly store: NodeStore;
}

/** Timeout of each step of a start, milliseconds: tenths of a second on two idle cores. */
const START_MS = 30_000;

/** A worker node: containerd, kubelet and kube-proxy in namespaces of their own. */
export class RealNode {
  readonly #options: NodeOptions;
  readonly #group: string;
  readonly #link: string;
  #holder: Server | undefined;
  #pid = 0;
  readonly #servers: Server[] = [];

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#group = `node-${options.index}`;
    this.#link = `node${options.index}`;
  }

  /** Starts the node until containerd answers; it has not joined a cluster yet. */
  async boot(): Promise<void> {
    const { name, folder, debian, program, cgroups, processes, address, store } = this.#options;
    const { policyAgent } = this.#options;
    for (const each of NODE_FOLDERS) await mkdir(join(folder, each), { recursive: true });
    // It becomes the node's `/`, which every user must be able to enter.
    await chmod(join(folder, "upper"), 0o755);
    await this.#write({
      "/etc/containerd/config.toml": containerdToml(),
      "/etc/hostname": `${name}\n`,
      // Name server for Pods that don't use the cluster's DNS.
      "/etc/resolv.conf": `nameserver ${RESOLVER}\n`,
      [CNI_FILE]: podNetwork(this.#options.podRange),
      "/etc/hosts": `127.0.0.1 localhost\n${address} ${name}\n`,
    });
    await makeTree(cgroups, this.#group);
    const script = nodeScript({
      ...{ hostname: name, debian, folder, cgroups },
      mounts: {
        "/usr/local/bin/kubelet": program,
        "/usr/local/bin/kube-proxy": program,
        [POLICY_AGENT]: policyAgent,
      },
      more: (root) => storeLines(root, store),
    });
    const [command = "", ...args] = namespaceCommand({ cgroups, name: this.#group }, script);
    this.#holder = await processes.start({
      name: `node ${name}`,
      command,
      args,
      logFile: join(folder, "node.log"),
    });
    const ready = join(folder, "kubernetes", READY_FILE);
    await this.#until("its namespaces stand", this.#holder, () => existsSync(ready));
    this.#pid = await firstProcessOf(this.#holder.pid);
    await runIp(cableCommands(this.#link, this.#pid));
    await runIp(nodeCommands(address), this.#pid);
    const containerd = await this.run("containerd", ["containerd"]);
    await this.#until("containerd answers", containerd, () => this.#answers(CONTAINERD_SOCKET));
  }

  /** Joins its cluster, which has a Node object of this name. */
  async join(): Promise<void> {
    const { name, size, address, podRange, clusterCa, serving, kubeconfig } = this.#options;
    const machine = {
      processors: cpus().length,
      memoryMib: Math.floor(totalmem() / 1024 / 1024),
    };
    const files = {
      "ca.crt": clusterCa,
      "kubelet.crt": serving.certificate,
      "kubelet.key": serving.key,
      kubeconfig,
      "kubelet.yaml": kubeletYaml(size, machine),
      "proxy.yaml": proxyYaml(name),
    };
    for (const [file, text] of Object.entries(files))
      await writeFile(join(this.#options.folder, "kubernetes", file), text, { mode: 0o600 });
    await runIp([routeToPods(podRange, address)]);
    await Promise.all([
      this.run("kubelet", [
        "kubelet",
        "--config=/etc/kubernetes/kubelet.yaml",
        "--kubeconfig=/etc/kubernetes/kubeconfig",
        `--hostname-override=${name}`,
        `--node-ip=${address}`,
      ]),
      this.run("kube-proxy", ["kube-proxy", "--config=/etc/kubernetes/proxy.yaml"]),
      this.run("policies", policyAgentCommand(name)),
    ]);
  }

  /** Name of the Node object. */
  get name(): string {
    return this.#options.name;
  }

  /** Process id, from outside, of a process that lives as long as the node. */
  get pid(): number {
    return this.#pid;
  }

  /** Address that routes to this node's Pods use, also from other nodes. */
  get address(): string {
    return this.#options.address;
  }

  /** Starts a program on the node; its log is `<name>.log` in the node's folder. */
  async run(name: string, command: readonly string[]): Promise<Server> {
    const { cgroups, processes, folder } = this.#options;
    const group = cgroups.version === 2 ? `${this.#group}/init` : this.#group;
    const script = [...joinLines(cgroups, group), 'exec "$@"'].join("\n");
    const server = await processes.start({
      name: `${name} of node ${this.#options.name}`,
      command: "sh",
      args: ["-e", "-c", script, "sh", ...enterCommand(this.#pid), ...command],
      logFile: join(folder, `${name}.log`),
    });
    this.#servers.push(server);
    return server;
  }

  /** Ends the machine at once, with everything that runs on it. */
  async stop(): Promise<void> {
    await this.#holder?.stop(0);
    await Promise.all(this.#servers.map((server) => server.stop(0)));
    if (this.#holder !== undefined) await removeTree(this.#options.cgroups, this.#group);
  }

  async #write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.#options.folder, "upper", path);
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, text);
    }
  }

  async #answers(socketPath: string): Promise<boolean> {
    return await isListening({ path: `/proc/${this.#pid}/root${socketPath}` });
  }

  async #until(what: string, server: Server, true_: () => boolean | Promise<boolean>) {
    const deadline = Date.now() + START_MS;
    while (!(await true_())) {
      if (!server.running() || Date.now() > deadline)
        throw new Error(`${server.name} did not get so far that ${what}: ${server.logTail(5)}`);
      await sleep(20);
    }
  }
}

/** Prefix of a command that runs it inside a node. */
export function enterCommand(pid: number): readonly string[] {
  return [
    "nsenter",
    `--target=${pid}`,
    ...["--mount", "--net", "--pid", "--cgroup", "--uts", "--ipc"],
    ...["--root", "--wd=/", "--"],
  ];
}
