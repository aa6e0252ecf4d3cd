import type { V1Container, V1Pod, V1Probe } from "@kubernetes/client-node";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSpaceInside, type SpaceOptions } from "./beside.ts";
import { reachesOf, runInitContainers, sandboxOf, type ContainerGround } from "./container.ts";
import { openDoor, type Door } from "./door.ts";
import { requestInside, runInside, type HttpAnswer, type HttpRequest } from "./inside.ts";
import {
  startInSandbox,
  type SandboxedServer,
  type SandboxOptions,
  type SandboxResult,
} from "./sandbox.ts";
import { openWayOut } from "./way-out.ts";

/** Timeout for a program to be ready, milliseconds. */
const READY_MS = 10_000;
const STOP_MS = 2_000;
/** Number of failures that a startup probe may have here, and the pause between them. */
const START_TIMES = 10;
const START_PAUSE_MS = 200;

/**
 * A pod with a real program: its init containers have run, and its readiness probe has succeeded.
 */
export class PodServer {
  readonly #server: SandboxedServer;
  readonly #user: { readonly uid: number; readonly gid: number };
  readonly #environment: SandboxOptions["environment"];
  readonly #port: number | undefined;
  readonly #beside: (() => void)[] = [];
  readonly #doors = new Map<number, Promise<Door>>();

  private constructor(server: SandboxedServer, options: SandboxOptions, port: number | undefined) {
    this.#server = server;
    this.#user = { uid: options.uid, gid: options.gid };
    this.#environment = options.environment;
    this.#port = port;
  }

  /**
   * Starts a pod as a kubelet does: first the startup probe if it is a program, then readiness.
   * Later probes are not run, so a ready pod stays ready until it ends.
   * @throws Error with the container's name and last output, if one fails.
   */
  static async start(
    pod: V1Pod,
    container: V1Container,
    ground: ContainerGround,
  ): Promise<PodServer> {
    await runInitContainers(pod, ground);
    const options = await sandboxOf(pod, container, ground);
    const ready = container.readinessProbe;
    const number = portOf(container, ready);
    if (number === undefined && ready?.exec === undefined)
      throw new Error(
        `The rehearsal can't tell when ${container.name} is ready: its probe is neither httpGet nor exec.`,
      );
    const server = await startInSandbox(options);
    const started = new PodServer(server, options, number);
    for (const { hostname, port: at } of reachesOf(container, options.environment))
      started.#beside.push(
        await openWayOut(server.pid, {
          address: ground.hosts.get(hostname) ?? hostname,
          port: Number(at),
        }),
      );
    const complaint = await Promise.race([
      number === undefined
        ? started.#complaintOf(ready, READY_MS / START_PAUSE_MS)
        : complaintOfPath(server.pid, number, ready?.httpGet?.path ?? "/"),
      server.ended.then(() => "it ended"),
    ]);
    const unstarted =
      complaint ?? (await started.#complaintOf(container.startupProbe, START_TIMES));
    if (unstarted === undefined) return started;
    await started.stop();
    const { stderr } = await server.ended;
    throw new Error(`${container.name} did not get ready: ${unstarted}. ${stderr.trim()}`.trim());
  }

  /** Resolves when the program has ended for any reason. */
  get ended(): Promise<SandboxResult> {
    return this.#server.ended;
  }

  /**
   * Runs a probe that is a program until it succeeds, up to a number of times. Returns undefined if
   * it succeeds or there is none.
   */
  async #complaintOf(probe: V1Probe | undefined, most: number): Promise<string | undefined> {
    const command = probe?.exec?.command;
    if (command === undefined) return undefined;
    for (let times = 1; ; times++) {
      const { exitCode, stdout, stderr } = await this.exec(command);
      if (exitCode === 0) return undefined;
      if (times >= most) return `Its probe failed: ${(stdout || stderr).trim()}`;
      await sleep(START_PAUSE_MS);
    }
  }

  /**
   * Sends requests to the port of the readiness probe, one after the other, from inside the pod's
   * network.
   */
  async request(requests: readonly HttpRequest[]): Promise<readonly HttpAnswer[]> {
    if (this.#port === undefined) throw new Error("The program listens on no port.");
    return await requestInside(this.#server.pid, this.#port, requests, 0);
  }

  /** Runs a program in the container, as `kubectl exec` does. */
  async exec(program: readonly string[]): Promise<SandboxResult> {
    return await runInside(this.#server.pid, this.#user, program, this.#environment);
  }

  /**
   * Opens a proxy to one of its ports as a Unix socket in this folder. All callers share it. It is
   * closed with the pod.
   */
  async door(port: number, folder: string): Promise<string> {
    const path = join(folder, `${this.#server.pid}-${port}.sock`);
    const door = this.#doors.get(port) ?? openDoor(this.#server.pid, port, path);
    this.#doors.set(port, door);
    return (await door).socketPath;
  }

  /** Starts a fake Space and its name server in its network. They end with the pod. */
  async startSpace(options: SpaceOptions): Promise<void> {
    this.#beside.push(await startSpaceInside(this.#server.pid, options));
  }

  /**
   * Sends the stop signal and waits for some milliseconds. Its proxies to other servers stay open
   * until it has ended.
   */
  async stop(graceMs: number = STOP_MS): Promise<void> {
    await this.#server.stop(graceMs);
    for (const stop of this.#beside) stop();
    for (const door of this.#doors.values()) (await door.catch(() => undefined))?.close();
  }
}

/** Port of a probe; undefined if it is a program, or there is none. */
function portOf({ ports }: V1Container, probe: V1Probe | undefined): number | undefined {
  const port = probe?.httpGet?.port;
  return typeof port === "number" ? port : ports?.find(({ name }) => name === port)?.containerPort;
}

async function complaintOfPath(
  pid: number,
  port: number,
  path: string,
): Promise<string | undefined> {
  try {
    const [answer] = await requestInside(pid, port, [{ method: "GET", path }], READY_MS);
    const isWell = answer !== undefined && answer.status < 400;
    return isWell ? undefined : `${path} answered ${answer?.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
