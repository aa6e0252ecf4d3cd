import type { V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import type { Flow } from "../../k8s/flows/flow.ts";
import type { TriedConnection } from "../checks/connections-opened.ts";
import { connectionsOf, type Connection, type Place } from "../checks/network-matrix.ts";
import { ConnectionTrier } from "./connection-trier.ts";

/** One end of tried connections: its network, and its name in the matrix. */
export interface End {
  readonly name: string;
  readonly address: string;
  /** File of its network namespace; undefined: the current one. */
  readonly network: string | undefined;
}

/** Destinations outside the components, each with the address to try. */
export interface TriedPlace extends Place {
  readonly address: string;
}

/** All ends of the connections. */
export interface Parties {
  /** Pods of the components and of other namespaces. */
  readonly ends: readonly End[];
  readonly places: readonly TriedPlace[];
  /** Other networks with a listener: nodes, other Pods, the world outside. */
  readonly answering: readonly {
    readonly network: string | undefined;
    readonly addresses: readonly string[];
  }[];
}

/** Timeout for a change of policies to apply on all nodes, milliseconds. */
const ARRIVAL_MS = 10_000;

/** Programs that try connections from every network of a cluster at the same time. */
export class ConnectionMeter {
  readonly #parties: Parties;
  readonly #triers: ReadonlyMap<string, ConnectionTrier>;
  readonly #others: readonly ConnectionTrier[];

  private constructor(
    parties: Parties,
    triers: ReadonlyMap<string, ConnectionTrier>,
    others: readonly ConnectionTrier[],
  ) {
    this.#parties = parties;
    this.#triers = triers;
    this.#others = others;
  }

  /** @param ports on which each end listens. */
  static async open(parties: Parties, ports: readonly number[]): Promise<ConnectionMeter> {
    const triers = await Promise.all(
      parties.ends.map(
        async ({ name, network, address }) =>
          [name, await ConnectionTrier.start(network, [address], ports)] as const,
      ),
    );
    const others = await Promise.all(
      parties.answering.map(({ network, addresses }) =>
        ConnectionTrier.start(network, addresses, ports),
      ),
    );
    return new ConnectionMeter(parties, new Map(triers), others);
  }

  /**
   * Tries every connection of the matrix. A result that differs from the computed one is tried
   * again until it agrees, or until a change of policies must have applied.
   */
  async measure(
    pods: readonly V1Pod[],
    policies: readonly V1NetworkPolicy[],
    flows: readonly Flow[],
  ): Promise<readonly TriedConnection[]> {
    const { ends, places } = this.#parties;
    const connections = connectionsOf(pods, policies, flows, places).filter(
      // A Pod's traffic to itself never leaves it, or returns from its node through its Service.
      ({ from, to }) => to !== from && to !== serviceName(from),
    );
    const addresses = new Map([...ends, ...places].map(({ name, address }) => [name, address]));
    const deadline = Date.now() + ARRIVAL_MS;
    let tried = await this.#try(connections, addresses);
    while (tried.some(differs) && Date.now() < deadline) {
      await sleep(500);
      const again = await this.#try(tried.filter(differs), addresses);
      const byKey = new Map(again.map((one) => [keyOf(one), one]));
      tried = tried.map((one) => byKey.get(keyOf(one)) ?? one);
    }
    return tried;
  }

  close(): void {
    for (const trier of [...this.#triers.values(), ...this.#others]) trier.stop();
  }

  async #try(
    connections: readonly Connection[],
    addresses: ReadonlyMap<string, string>,
  ): Promise<readonly TriedConnection[]> {
    const byFrom = Map.groupBy(connections, ({ from }) => from);
    const results = await Promise.all(
      [...byFrom].map(async ([from, rows]) => {
        const trier = this.#triers.get(from);
        if (trier === undefined) throw new Error(`Nobody stands in the network of ${from}.`);
        const opened = await trier.try(
          rows.map(({ to, port, protocol }) => ({ host: hostOf(to, addresses), port, protocol })),
        );
        return rows.map((row, index) => ({ ...row, opened: opened[index] === true }));
      }),
    );
    return results.flat();
  }
}

/** Name of a component's Service as a destination; the Service has the component's name. */
export function serviceName(component: string): string {
  return `the Service ${component}`;
}

function hostOf(name: string, addresses: ReadonlyMap<string, string>): string {
  const address = addresses.get(name);
  if (address === undefined) throw new Error(`No address is known of ${name}.`);
  return address;
}

function differs(one: TriedConnection): boolean {
  return one.computed !== one.opened;
}

function keyOf({ from, to, port, protocol }: Connection): string {
  return JSON.stringify([from, to, port, protocol]);
}
