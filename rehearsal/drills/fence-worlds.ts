import { AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Redis } from "ioredis";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import pg from "pg";
import { parseConfig } from "../../input/parse.ts";
import { hostsOf } from "../../domain/hosts.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { connect, connectorsOf } from "../clouds/cloudflare/connectors.ts";
import { PORTS } from "../clouds/digitalocean/database-address.ts";
import { EdgeClock } from "../edge/clock.ts";
import { Edge } from "../edge/edge.ts";
import type { Origins } from "../edge/to-origin.ts";
import { zoneOf } from "../edge/zone-view.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { liveValues } from "../pods/live-values.ts";
import { environmentOf } from "../pods/pod-environment.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { openValkey, serverAt } from "./data-clients.ts";

/**
 * Worlds that serve one server at the same time. Each has the credentials in its own cluster, a web
 * behind its connectors, and a worker that does the work of a Sidekiq job.
 */

/** Number of connectors of a world. */
export const REPLICAS = 2;
/** A queue in the real Valkey, separate from Mastodon's own. */
const QUEUE = "rehearsal:fence";

/** One cluster with its credentials. */
export class ServingWorld {
  readonly name: string;
  /** Environment variables of its Sidekiq and its connector. */
  readonly environment: Readonly<Record<string, string>>;
  /** Jobs that it has delivered. */
  readonly delivered: string[] = [];
  /** Number of requests to its web. */
  requests = 0;
  readonly #rehearsal: Rehearsal;
  readonly #addresses: readonly string[];
  #web: Server | undefined;
  #valkey: Redis | undefined;
  #postgres: pg.Client | undefined;

  private constructor(
    rehearsal: Rehearsal,
    name: string,
    network: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.name = name;
    this.environment = environment;
    this.#rehearsal = rehearsal;
    this.#addresses = Array.from({ length: REPLICAS }, (_, at) => `${network}.${at + 1}`);
  }

  /** @param network first three numbers of its connectors' addresses. */
  static async of(
    rehearsal: Rehearsal,
    clusterId: string,
    name: string,
    network: string,
  ): Promise<ServingWorld> {
    const config = new KubeConfig();
    config.loadFromFile(rehearsal.clusters.kubeconfigPath(clusterId));
    const read = liveValues(config.makeApiClient(CoreV1Api), NAMESPACE);
    const { items } = await config
      .makeApiClient(AppsV1Api)
      .listNamespacedDeployment({ namespace: NAMESPACE });
    const containers = ["sidekiq", "cloudflared"].map((wanted) => {
      const all = items.flatMap(({ spec }) => spec?.template.spec?.containers ?? []);
      const found = all.find((each) => each.name === wanted);
      if (found === undefined) throw new Error(`The cluster ${clusterId} runs no ${wanted}.`);
      return found;
    });
    const parts = await Promise.all(containers.map((each) => environmentOf(each, read)));
    const world = new ServingWorld(rehearsal, name, network, Object.assign({}, ...parts));
    await world.#serve();
    return world;
  }

  /** Starts its connectors. Returns how many Cloudflare accepts. */
  connect(): number {
    const { TUNNEL_TOKEN: token = "" } = this.environment;
    const { world } = this.#rehearsal;
    return this.#addresses.filter((address) => connect(world, token, address)).length;
  }

  has(address: string): boolean {
    return this.#addresses.includes(address);
  }

  get socketPath(): string {
    return join(this.#rehearsal.directory, `web-${this.name}.sock`);
  }

  /** Logs in to Postgres through the pool and directly. Returns the ports that accept it. */
  async logins(): Promise<readonly string[]> {
    const { DB_NAME = "" } = this.environment;
    const ports = { "the pool": PORTS.pool, Postgres: PORTS.postgres };
    const tried = await Promise.all(
      Object.entries(ports).map(async ([place, port]) => {
        const database = port === PORTS.pool ? DB_NAME : "mastodon";
        const client = await this.#login(port, database).catch(() => undefined);
        await client?.end();
        return client === undefined ? [] : [place];
      }),
    );
    return tried.flat();
  }

  /** Adds jobs to the queue that all worlds share. */
  async enqueue(jobs: readonly string[]): Promise<void> {
    await (await this.#queue()).lpush(QUEUE, ...jobs);
  }

  async waiting(): Promise<number> {
    return await (await this.#queue()).llen(QUEUE);
  }

  /**
   * Processes the queue over its connections, which it keeps. Each job reads a row before it
   * delivers, as each of Mastodon's does (`app/workers/activitypub/delivery_worker.rb` finds the
   * account). A failed job is put back, as Sidekiq does, and the worker pauses.
   */
  async work(): Promise<void> {
    const queue = await this.#queue();
    for (let job = await queue.rpop(QUEUE); job !== null; job = await queue.rpop(QUEUE))
      try {
        const { DB_NAME = "" } = this.environment;
        this.#postgres ??= await this.#login(PORTS.pool, DB_NAME);
        await this.#postgres.query("SELECT 1");
        this.delivered.push(job);
      } catch {
        // It connects again with its credentials.
        this.#postgres = undefined;
        await queue.lpush(QUEUE, job);
        return;
      }
  }

  async close(): Promise<void> {
    this.#valkey?.disconnect();
    await this.#postgres?.end().catch(() => {});
    await new Promise((resolve) => this.#web?.close(resolve));
  }

  async #serve(): Promise<void> {
    this.#web = createServer((request, response) => {
      this.requests += 1;
      request.resume();
      response.end(this.name);
    });
    await new Promise<void>((resolve) => this.#web?.listen(this.socketPath, resolve));
  }

  async #queue(): Promise<Redis> {
    if (this.#valkey !== undefined) return this.#valkey;
    this.#valkey = await openValkey(this.#rehearsal, this.environment);
    return this.#valkey;
  }

  async #login(port: number, database: string): Promise<pg.Client> {
    const { DB_HOST: servername = "", DB_USER: user, DB_PASS: password } = this.environment;
    const { address: host, caCertificate: ca } = serverAt(this.#rehearsal, servername).server;
    const access = { host, port, database, user, password, ssl: { ca, servername } };
    const client = new pg.Client(access as pg.ClientConfig);
    // A connection that breaks while idle shows at the next query.
    client.on("error", () => {});
    await client.connect();
    return client;
  }
}

/** Number of requests of each kind. */
const EACH = 6;

/**
 * Sends requests through the simulated edge to the server's host: a read, a post, another server's
 * delivery. The connected connectors get them in turn.
 * @returns the number of requests that an origin answered.
 */
export async function visit(
  rehearsal: Rehearsal,
  worlds: readonly ServingWorld[],
): Promise<{ readonly sent: number; readonly answered: number }> {
  const config = parseConfig(readStackFile());
  let turn = 0;
  const origins: Origins = {
    connectorOf: async ({ id }) => {
      const all = connectorsOf(rehearsal.world, id);
      turn += 1;
      return all[turn % Math.max(all.length, 1)]?.originIp;
    },
    backendOf: async (_, peer) => {
      const world = worlds.find((each) => each.has(peer));
      return world && { pod: world.name, socketPath: world.socketPath, peer };
    },
    objectOf: async () => undefined,
  };
  const zone = zoneOf(rehearsal.world, config.cloudflare.zoneId);
  const edge = new Edge({ zone, origins, clock: new EdgeClock() });
  const asked = [
    ["GET", "/api/v1/timelines/home"],
    ["POST", "/api/v1/statuses"],
    ["POST", "/inbox"],
  ].flatMap(([method = "", target = ""]) => Array(EACH).fill({ method, target }));
  let answered = 0;
  for (const { method, target } of asked) {
    const { status } = await edge.answer(
      {
        ...{ scheme: "https", method, target, host: hostsOf(config).web },
        headers: { "user-agent": ["Mastodon/4.7"] },
        clientAddress: "203.0.113.77",
      },
      undefined,
    );
    if (status === 200) answered += 1;
  }
  return { sent: asked.length, answered };
}
