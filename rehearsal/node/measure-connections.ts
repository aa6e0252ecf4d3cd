import type { V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import type { Flow } from "../../k8s/flows/flow.ts";
import type { TriedConnection } from "../checks/connections-opened.ts";
import { connectionsOf, type Connection, type Place } from "../checks/network-matrix.ts";
import { ConnectionTrier } from "./connection-trier.ts";

/** One end of connections that are tried: where it stands, and by what name the matrix has it. */
export interface End {
  readonly name: string;
  readonly address: string;
  /** File of its network namespace; undefined: our own. */
  readonly network: string | undefined;
}

/** Places outside the components, with the address at which each is tried. */
export interface TriedPlace extends Place {
  readonly address: string;
}

/** Everybody who takes part. */
export interface Parties {
  /** Pods of the components, and of strangers. */
  readonly ends: readonly End[];
  readonly places: readonly TriedPlace[];
  /** Networks in which somebody answers besides: nodes, other Pods, the world outside. */
  readonly answering: readonly {
    readonly network: string | undefined;
    readonly addresses: readonly string[];
  }[];
}

/** Milliseconds that a change of policies may take to arrive on all nodes. */
const ARRIVAL_MS = 10_000;

/** Programs that try connections from every network of a cluster at once. */
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

  /** @param ports on which each end answers. */
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
   * Tries every connection of the matrix. What differs from what is computed is tried again, until
   * it no longer does or a change of policies must have arrived.
   */
  async measure(
    pods: readonly V1Pod[],
    policies: readonly V1NetworkPolicy[],
    flows: readonly Flow[],
  ): Promise<readonly TriedConnection[]> {
    const { ends, places } = this.#parties;
    const connections = connectionsOf(pods, policies, flows, places).filter(
      // What a Pod says to itself never leaves it, or comes back from its node by its Service.
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

/** The name that a component's Service has as a place; it is called as the component. */
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
