import type { CoreV1Api } from "@kubernetes/client-node";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "../../config/topology.ts";
import type { Origins } from "../edge/to-origin.ts";
import type { Backend } from "../edge/upstream.ts";

/** Input of the origins. */
export interface TunnelOriginsOptions {
  readonly core: CoreV1Api;
  /** Address of a running connector's pod, and the file of its network. */
  readonly connector: { readonly address: string; readonly network: string };
  /** Folder for sockets, with a short name. Created if missing. */
  readonly directory: string;
}

const OPEN_MS = 5_000;

/**
 * Origins behind the edge, on the path of the tunnel: from a connector's own network to the
 * Service. So policies, kube-proxy and readiness decide which pod answers.
 */
export class TunnelOrigins implements Origins {
  readonly #options: TunnelOriginsOptions;
  readonly #doors = new Map<string, Promise<string>>();
  readonly #children: ChildProcess[] = [];

  constructor(options: TunnelOriginsOptions) {
    this.#options = options;
  }

  connectorOf(): Promise<string | undefined> {
    return Promise.resolve(this.#options.connector.address);
  }

  async backendOf(service: string, peer: string): Promise<Backend | undefined> {
    const { hostname, port } = new URL(service);
    const [name = ""] = hostname.split(".");
    const { spec } = await this.#options.core.readNamespacedService({ name, namespace: NAMESPACE });
    const place = `${spec?.clusterIP ?? ""}:${port}`;
    const door = this.#doors.get(place) ?? this.#open(place);
    this.#doors.set(place, door);
    return { pod: `the Service ${name}`, socketPath: await door, peer };
  }

  objectOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }

  /** Files do not belong to a network: a Unix socket connects this network with the connector's. */
  async #open(place: string): Promise<string> {
    const { directory, connector } = this.#options;
    await mkdir(directory, { recursive: true });
    const socket = join(directory, String(this.#children.length));
    this.#children.push(
      spawn(
        "setpriv",
        [
          ...["--pdeathsig=KILL", "--", "nsenter", `--net=${connector.network}`, "--"],
          ...["socat", `UNIX-LISTEN:${socket},fork,mode=600`, `TCP:${place}`],
        ],
        { stdio: "ignore" },
      ),
    );
    const deadline = Date.now() + OPEN_MS;
    while (!existsSync(socket)) {
      if (Date.now() > deadline) throw new Error(`No way to ${place} could be opened.`);
      await sleep(20);
    }
    return socket;
  }
}
