import {
  CoreV1Api,
  DiscoveryV1Api,
  type KubeConfig,
  type V1Pod,
  type V1Service,
} from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { R2Store } from "../clouds/cloudflare/r2-store.ts";
import type { SpaceOptions } from "../pods/beside.ts";
import { servingContainerOf, type ContainerGround } from "../pods/container.ts";
import { liveValues } from "../pods/live-values.ts";
import { environmentOf } from "../pods/pod-environment.ts";
import { PodServer } from "../pods/pod-server.ts";
import type { EdgeResponse } from "./messages.ts";
import type { Origins } from "./to-origin.ts";
import type { Backend } from "./upstream.ts";
import type { EdgeTunnel } from "./zone-view.ts";

/** Input for finding the origins. */
export interface LiveOriginsOptions {
  readonly config: Pick<KubeConfig, "makeApiClient">;
  readonly namespace: string;
  /** The running program of a pod, by its UID. */
  readonly serverOf: (uid: string) => PodServer | undefined;
  readonly ground: Pick<ContainerGround, "hosts" | "root" | "trustStore">;
  /** Folder for sockets, with a short name. */
  readonly directory: string;
  /** Objects in R2, below those of {@link LiveOrigins.putObject}. If unset: none. */
  readonly r2?: Pick<R2Store, "get">;
}

/** A connector, from its pod's specification. */
interface Connector {
  readonly tunnelId: string;
  readonly secret: string;
  readonly address: string;
}

/** A pod behind a Service. */
interface End {
  readonly uid: string;
  readonly pod: string;
  readonly number: number | undefined;
}

/**
 * The pods behind the tunnel. They are found as cloudflared finds them: by the Service's name and
 * port, in the endpoints that the real controllers wrote. Web is a real Puma with fake pages,
 * started here; streaming and the assets origin's nginx already run.
 */
export class LiveOrigins implements Origins {
  readonly #options: LiveOriginsOptions;
  readonly #core: CoreV1Api;
  readonly #discovery: DiscoveryV1Api;
  readonly #standIns = new Map<string, PodServer>();
  readonly #turns = new Map<string, number>();
  readonly #objects = new Map<string, EdgeResponse>();
  #ready: readonly V1Pod[] = [];
  #connectors: readonly Connector[] = [];
  #services: readonly V1Service[] = [];

  constructor(options: LiveOriginsOptions) {
    this.#options = options;
    this.#core = options.config.makeApiClient(CoreV1Api);
    this.#discovery = options.config.makeApiClient(DiscoveryV1Api);
  }

  /**
   * Reads the cluster again: starts what is new and ready, stops what is gone. Returns the number
   * of running programs.
   */
  async refresh(): Promise<number> {
    const { namespace } = this.#options;
    const [pods, services] = await Promise.all([
      this.#core.listNamespacedPod({ namespace }),
      this.#core.listNamespacedService({ namespace }),
    ]);
    const ready = pods.items.filter(isReady);
    await Promise.all(ready.map((pod) => this.#start(pod)));
    const there = new Set(ready.map(({ metadata }) => metadata?.uid ?? ""));
    for (const [uid, server] of this.#standIns)
      if (!there.has(uid)) {
        this.#standIns.delete(uid);
        await server.stop();
      }
    this.#ready = ready;
    this.#services = services.items;
    this.#connectors = (await Promise.all(ready.map((pod) => this.#connector(pod)))).flat();
    return ready.filter(({ metadata }) => this.#serverOf(metadata?.uid ?? "") !== undefined).length;
  }

  async connectorOf(tunnel: EdgeTunnel): Promise<string | undefined> {
    const fit = this.#connectors.filter(
      ({ tunnelId, secret }) => tunnelId === tunnel.id && secret === tunnel.secret,
    );
    return fit[this.#turn(`tunnel ${tunnel.id}`) % Math.max(fit.length, 1)]?.address;
  }

  async backendOf(service: string, peer: string): Promise<Backend | undefined> {
    const ends = await this.#endsOf(service);
    const end = ends[this.#turn(service) % Math.max(ends.length, 1)];
    const server = end === undefined ? undefined : this.#serverOf(end.uid);
    if (end?.number === undefined || server === undefined) return undefined;
    const folder = join(this.#options.directory, "doors");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return { pod: end.pod, socketPath: await server.door(end.number, folder), peer };
  }

  /** Images of all ready containers with this name. */
  imagesOf(container: string): readonly string[] {
    return this.#ready.flatMap(({ spec }) =>
      (spec?.containers ?? [])
        .filter(({ name }) => name === container)
        .map(({ image }) => image ?? ""),
    );
  }

  async objectOf(bucket: string, path: string): Promise<EdgeResponse | undefined> {
    const stored = this.#options.r2?.get(bucket, path.slice(1));
    return (
      this.#objects.get(`${bucket}${path}`) ??
      (stored && { status: 200, headers: {}, body: stored.body })
    );
  }

  /** Puts an object into a bucket, as Mastodon's upload does. */
  putObject(bucket: string, path: string, object: EdgeResponse): void {
    this.#objects.set(`${bucket}${path}`, object);
  }

  /** Deletes an object in a bucket, as Mastodon does. */
  deleteObject(bucket: string, path: string): void {
    this.#objects.delete(`${bucket}${path}`);
  }

  /** Adds a fake Space to the network of every pod behind a Service. */
  async startSpaceFor(service: string, options: SpaceOptions): Promise<void> {
    for (const { uid } of await this.#endsOf(service))
      await this.#serverOf(uid)?.startSpace(options);
  }

  /** Stops what was started here. */
  async stop(): Promise<void> {
    await Promise.all([...this.#standIns.values()].map((server) => server.stop()));
    this.#standIns.clear();
  }

  /**
   * The ready endpoints of a Service, by its URL, with the port of each. They come from the
   * controllers' current objects, which are all that kube-proxy uses. A pod that is being deleted
   * stays among them until the controllers have updated them; its pause before it stops is for
   * that. A web pod whose fake has not started yet is not among them.
   */
  async #endsOf(service: string): Promise<readonly End[]> {
    const { hostname, port } = new URL(service);
    const [name = "", namespace = ""] = hostname.split(".");
    const found = this.#services.find(
      ({ metadata }) => metadata?.name === name && metadata?.namespace === namespace,
    );
    const servicePort = found?.spec?.ports?.find((one) => one.port === Number(port));
    if (servicePort === undefined) return [];
    const { items } = await this.#discovery.listNamespacedEndpointSlice({
      namespace,
      labelSelector: `kubernetes.io/service-name=${name}`,
    });
    return items.flatMap(({ endpoints, ports }) => {
      const number = ports?.find((one) => (one.name ?? "") === (servicePort.name ?? ""))?.port;
      return (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready === true)
        .map(({ targetRef }) => ({ uid: targetRef?.uid ?? "", pod: targetRef?.name ?? "", number }))
        .filter(({ uid }) => this.#serverOf(uid) !== undefined);
    });
  }

  #serverOf(uid: string): PodServer | undefined {
    return this.#standIns.get(uid) ?? this.#options.serverOf(uid);
  }

  /** Round robin, as kube-proxy distributes requests in the long run. */
  #turn(key: string): number {
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return turn;
  }

  async #start(pod: V1Pod): Promise<void> {
    const uid = pod.metadata?.uid ?? "";
    const serving = servingContainerOf(pod);
    if (serving === undefined || this.#serverOf(uid) !== undefined) return;
    const { ground, directory, namespace } = this.#options;
    const folder = join(directory, uid);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const server = await PodServer.start(pod, serving, {
      ...ground,
      read: liveValues(this.#core, namespace),
      folder,
      images: join(directory, "images"),
    });
    this.#standIns.set(uid, server);
  }

  /**
   * The tunnel of a cloudflared pod: its token contains account, tunnel and secret
   * (cloudflare/cloudflared `connection/connection.go`, `TunnelToken`).
   */
  async #connector(pod: V1Pod): Promise<readonly Connector[]> {
    const container = pod.spec?.containers.find(({ name }) => name === "cloudflared");
    if (container === undefined) return [];
    const read = liveValues(this.#core, this.#options.namespace);
    const { TUNNEL_TOKEN: token = "" } = await environmentOf(container, read);
    const { t: tunnelId, s: secret } = JSON.parse(
      Buffer.from(token, "base64").toString("utf8"),
    ) as { readonly t: string; readonly s: string };
    return [{ tunnelId, secret, address: pod.status?.podIP ?? "" }];
  }
}

function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some(
    ({ type, status }) => type === "Ready" && status === "True",
  );
  return ready === true && metadata?.deletionTimestamp === undefined;
}
