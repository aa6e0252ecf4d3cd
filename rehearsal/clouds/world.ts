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

/** An object on the simulated clouds, identified by type and name only. */
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
  /** Configuration of the polling provider. */
  readonly configuration: Properties;
  /** Ends the polling with an error. The creation in the cloud continues. */
  readonly fail: (error: Error) => void;
}

/** Parts of the world. */
export interface WorldOptions {
  readonly clusters: ClusterBackend;
  readonly databases: DatabaseBackend;
  readonly clock: ScaledClock;
}

/**
 * DigitalOcean and Cloudflare in memory: one account of each, empty at first. Clusters and
 * databases in it are real servers behind the backends. It contains plain passwords, as a cloud
 * does: never print an object of it, but use `inventory`.
 */
export class World {
  readonly clusters: ClusterBackend;
  readonly databases: DatabaseBackend;
  readonly clock: ScaledClock;
  /** The number in every database host of one account: `…-do-user-<n>-0.…`. */
  accountNumber = newAccountNumber();
  readonly runningClusters = new Map<string, RunningCluster>();
  readonly databaseServers = new Map<string, DatabaseServer>();
  /** Secrets that a cloud stores for an object, by its id: those of tunnels. */
  readonly hiddenSecrets = new Map<string, string>();
  /** Connected connectors, by their tunnel's id: see `cloudflare/connectors.ts`. */
  readonly connectors = new Map<string, readonly Connector[]>();
  /** Deleted tunnels: Cloudflare's API still lists them, and returns them by their id. */
  readonly deletedTunnels: CloudObject[] = [];
  /**
   * Buckets with objects, by `r2BucketKey` and `spaceKey`: they can't be deleted. A drill fills
   * them.
   */
  readonly filledBuckets = new Set<string>();
  /** Objects in R2's buckets. */
  readonly r2 = new R2Store();
  /** Objects in Spaces, of which the API locks none. */
  readonly spaces = new R2Store();
  /** Cloudflare's zones, by their id. An operator creates them by hand before the first update. */
  readonly zones = new Map<string, CloudflareZone>();
  /** Cloudflare's tokens that were created by hand. While it is empty, any token is accepted. */
  readonly cloudflareTokens = new Set<string>();
  /**
   * Status and end of those tokens, as each verifies itself (npm `cloudflare` 7.3.0
   * `resources/user/tokens`, TokenVerifyResponse). Without an end it is valid for good.
   */
  readonly cloudflareToken: { status: "active" | "disabled" | "expired"; expiresOn?: string } = {
    status: "active",
  };
  /** Whether the account has subscribed to R2. A drill clears it. */
  r2Subscribed = true;
  /**
   * Plans of Cloudflare zones, by the zone's id; a zone that is missing has Free. A drill sets
   * them, because no resource determines the plan.
   */
  readonly zonePlans = new Map<string, CloudflarePlan>();
  /** Start of this world: the creation time of objects that each account has from its first day. */
  readonly openedAt = new Date().toISOString();
  /** The default project of the account. */
  defaultProjectId: string = randomUUID();
  /** The default VPC of the account, in a region that nothing uses. */
  defaultVpcId: string = randomUUID();
  /**
   * Operations that take longer than in their row, in real seconds, by `<operation> <type>`. A
   * drill sets them.
   */
  readonly slowed = new Map<string, number>();
  /** Operations that wait for an object to run. */
  readonly waiting = new Set<Waiting>();
  /**
   * Removed settings of Cloudflare's zones, in addition to those of the row. A drill removes them.
   */
  readonly endedSettings = new Set<string>();
  /** Copies that a new Postgres of this name begins with: see `digitalocean/database-forks.ts`. */
  readonly forks = new Map<string, string>();
  /**
   * Ids of objects for which DigitalOcean's API fails, since their region is down. A drill adds
   * them: see `region-outage.ts`.
   */
  readonly silent = new Set<string>();
  readonly departures: Departures;
  /** Limits and people of the DigitalOcean account. */
  readonly account = new Account();
  readonly #objects = new Map<string, CloudObject>();
  /** Creation time of each object, by its key, in the API's format. */
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
   * Creation time of an object in the API's format, also for a type whose provider does not return
   * it.
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

  /** All objects, secrets in the clear. */
  all(): readonly CloudObject[] {
    return [...this.#objects.values()];
  }

  /** All objects of a type that match, oldest first. */
  find(
    type: string,
    fits: (properties: Properties, id: string) => boolean = () => true,
  ): readonly CloudObject[] {
    return [...this.#objects.values()].filter(
      (object) => object.type === type && fits(object.properties, object.id),
    );
  }

  /**
   * Does the work after all earlier work for this key, because some calls of a cloud can't overlap.
   */
  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    return await turn;
  }

  /** Exchanges the DigitalOcean account for another one, which has what every account has. */
  openAnotherAccount(): void {
    this.accountNumber = newAccountNumber();
    this.defaultProjectId = randomUUID();
    this.defaultVpcId = randomUUID();
    this.account.uuid = randomUUID();
  }

  newId(): string {
    return randomUUID();
  }

  /**
   * Everything that exists, for the check that a destroy leaves nothing. It excludes settings that
   * remain on the real clouds.
   */
  inventory(): readonly InventoryItem[] {
    return [...this.#objects.values()]
      .filter(({ forgotten }) => forgotten !== true)
      .map(({ type, id, properties }) => ({ type, id, name: String(properties["name"] ?? id) }));
  }

  /**
   * Saves the current state; the returned function restores it, any number of times. Objects that
   * are still being created are not included: wait for {@link settled} first.
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

  /** Settles when no object is being created any more. */
  async settled(): Promise<void> {
    const making = [...this.#objects.values()].flatMap(({ creating = [] }) => creating);
    if (making.length === 0) return;
    await Promise.allSettled(making);
    await this.settled();
  }

  /** Everything in addition to the objects that an operation changes. */
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

const newAccountNumber = (): number => randomInt(1_000_000, 20_000_000);

const keyOf = (type: string, id: string): string => `${type} ${id}`;

/** A copy that later changes do not affect. */
function cloneOf({ creating: _, ...object }: CloudObject): CloudObject {
  return structuredClone(object);
}

function refill(kept: Map<unknown, unknown> | Set<unknown>, items: readonly unknown[]): void {
  kept.clear();
  for (const item of items)
    if (kept instanceof Set) kept.add(item);
    else kept.set(...(item as [unknown, unknown]));
}
