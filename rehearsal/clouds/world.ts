import { randomInt, randomUUID } from "node:crypto";
import type { CloudflarePlan } from "../../facts/cloudflare/plans.ts";
import type { Properties } from "../providers/provider.ts";
import type {
  ClusterBackend,
  DatabaseBackend,
  RunningCluster,
  RunningDatabase,
} from "./backends.ts";
import type { ScaledClock } from "./clock.ts";
import { R2Store } from "./cloudflare/r2-store.ts";
import { Departures } from "./departures.ts";
import type { Connector } from "./cloudflare/connector.ts";
import type { CloudflareZone } from "./cloudflare/zone.ts";
import { Account } from "./digitalocean/account.ts";
import type { CloudObject } from "./cloud-object.ts";

/** One thing that exists on the simulated clouds. Holds no value of it but its name. */
export interface InventoryItem {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

/** A database server with the names under which its certificate is valid. */
export interface DatabaseServer {
  readonly server: RunningDatabase;
  readonly publicHost: string;
  readonly privateHost: string;
}

/** An operation that polls a cloud until something runs. */
export interface Waiting {
  readonly type: string;
  /** Of the provider that polls. */
  readonly configuration: Properties;
  /** Ends the polling, as an error of it does. What is polled for goes on. */
  readonly fail: (error: Error) => void;
}

/** What the world is made of. */
export interface WorldOptions {
  readonly clusters: ClusterBackend;
  readonly databases: DatabaseBackend;
  readonly clock: ScaledClock;
}

/**
 * DigitalOcean and Cloudflare in memory: one account of each, empty at first. Clusters and databases in it are real
 * servers behind the backends. It holds passwords in the clear, as a cloud does: never print an object of it; `inventory` is for that.
 */
export class World {
  readonly clusters: ClusterBackend;
  readonly databases: DatabaseBackend;
  readonly clock: ScaledClock;
  /** The number in every database host of one account: `…-do-user-<n>-0.…`. */
  readonly accountNumber = randomInt(1_000_000, 20_000_000);
  readonly runningClusters = new Map<string, RunningCluster>();
  readonly databaseServers = new Map<string, DatabaseServer>();
  /** Secrets that a cloud keeps beside an object, by its id: those of tunnels. */
  readonly hiddenSecrets = new Map<string, string>();
  /** Connectors that are connected, by their tunnel's id: see `cloudflare/connectors.ts`. */
  readonly connectors = new Map<string, readonly Connector[]>();
  /** Tunnels that are deleted: Cloudflare's API still lists them, and answers them by their id. */
  readonly deletedTunnels: CloudObject[] = [];
  /** Buckets that hold something, by `r2BucketKey` and `spaceKey`: they can't be deleted. A drill fills them. */
  readonly filledBuckets = new Set<string>();
  /** Objects in R2's buckets. */
  readonly r2 = new R2Store();
  /** Cloudflare's zones, by their id: made by hand, before the first update. */
  readonly zones = new Map<string, CloudflareZone>();
  /** Cloudflare's tokens that somebody made by hand. While it is empty, any token is right. */
  readonly cloudflareTokens = new Set<string>();
  /** Plans of Cloudflare zones, by the zone's id; who is not in it has Free. Set by a drill: no resource decides it. */
  readonly zonePlans = new Map<string, CloudflarePlan>();
  /** When this world began: the age of what each account has from its first day. */
  readonly openedAt = new Date().toISOString();
  /** The project that takes what is put in none. */
  readonly defaultProjectId = randomUUID();
  /** The VPC that takes what is put in none, of a region that nobody asks about. */
  readonly defaultVpcId = randomUUID();
  /**
   * Operations that take longer than their row says, in real seconds, by `<operation> <type>`. A
   * drill sets it.
   */
  readonly slowed = new Map<string, number>();
  /** Operations that wait for something to run. */
  readonly waiting = new Set<Waiting>();
  /**
   * Settings that Cloudflare's zones no longer have, beside those of which the row knows. A drill
   * ends them.
   */
  readonly endedSettings = new Set<string>();
  readonly departures: Departures;
  /** Limits and people of the DigitalOcean account. */
  readonly account = new Account();
  readonly #objects = new Map<string, CloudObject>();
  /** When each object was made, by its key, as an API writes a time. */
  readonly #since = new Map<string, string>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: WorldOptions) {
    this.clusters = options.clusters;
    this.databases = options.databases;
    this.clock = options.clock;
    this.departures = new Departures(options.clock);
  }

  put(object: CloudObject): void {
    const key = keyOf(object.type, object.id);
    if (!this.#objects.has(key)) this.#since.set(key, new Date().toISOString());
    this.#objects.set(key, object);
  }

  /**
   * When an object was made, as an API writes a time: also of a type whose provider does not tell.
   */
  since(object: CloudObject): string {
    return this.#since.get(keyOf(object.type, object.id)) ?? this.openedAt;
  }

  get(type: string, id: string): CloudObject | undefined {
    return this.#objects.get(keyOf(type, id));
  }

  remove(object: CloudObject): void {
    this.#objects.delete(keyOf(object.type, object.id));
  }

  /** All objects of a type that fit, oldest first. */
  find(
    type: string,
    fits: (properties: Properties, id: string) => boolean = () => true,
  ): readonly CloudObject[] {
    return [...this.#objects.values()].filter(
      (object) => object.type === type && fits(object.properties, object.id),
    );
  }

  /** Does the work after all that was given for this key before: some calls of a cloud can't overlap. */
  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    return await turn;
  }

  newId(): string {
    return randomUUID();
  }

  /**
   * Everything that exists, for "after destroy nothing is left": without what a destroy leaves as
   * it
   * is for real, the settings of what is there anyway.
   */
  inventory(): readonly InventoryItem[] {
    return [...this.#objects.values()]
      .filter(({ forgotten }) => forgotten !== true)
      .map(({ type, id, properties }) => ({ type, id, name: String(properties["name"] ?? id) }));
  }

  /**
   * All that exists right now, to go back to as often as one likes. What is still being made is
   * none of it: wait for {@link settled} first.
   */
  snapshot(): () => void {
    const objects = [...this.#objects].map(([key, object]) => [key, cloneOf(object)] as const);
    const tunnels = this.deletedTunnels.map(cloneOf);
    const [since, kept] = [new Map(this.#since), this.#kept().map((each) => [...each])];
    return () => {
      this.#objects.clear();
      for (const [key, object] of objects) this.#objects.set(key, cloneOf(object));
      this.#since.clear();
      for (const [key, time] of since) this.#since.set(key, time);
      this.deletedTunnels.splice(0, Infinity, ...tunnels.map(cloneOf));
      for (const [at, each] of this.#kept().entries()) refill(each, kept[at] ?? []);
      this.#turns.clear();
    };
  }

  /** Settles when nothing is being made any more. */
  async settled(): Promise<void> {
    const making = [...this.#objects.values()].flatMap(({ creating = [] }) => creating);
    if (making.length === 0) return;
    await Promise.allSettled(making);
    await this.settled();
  }

  /** Beside the objects, all that an operation writes. */
  #kept(): readonly (Map<unknown, unknown> | Set<unknown>)[] {
    const { runningClusters, databaseServers, hiddenSecrets, filledBuckets } = this;
    return [runningClusters, databaseServers, hiddenSecrets, filledBuckets];
  }

  /** Host name to loopback address of every database, for the `/etc/hosts` of pods. */
  hosts(): ReadonlyMap<string, string> {
    return new Map(
      [...this.databaseServers.values()].flatMap(({ server, publicHost, privateHost }) => [
        [publicHost, server.address] as const,
        [privateHost, server.address] as const,
      ]),
    );
  }
}

const keyOf = (type: string, id: string): string => `${type} ${id}`;

/** A copy that no later change reaches. */
function cloneOf({ creating: _, ...object }: CloudObject): CloudObject {
  return structuredClone(object);
}

function refill(kept: Map<unknown, unknown> | Set<unknown>, items: readonly unknown[]): void {
  kept.clear();
  for (const item of items)
    if (kept instanceof Set) kept.add(item);
    else kept.set(...(item as [unknown, unknown]));
}
