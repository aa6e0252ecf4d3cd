import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { KeyPair } from "../authority.ts";
import { HTTPS } from "../state/s3-server.ts";
import type { AddressSource } from "./loopback.ts";

/**
 * The part of the Internet that a pod contacts: one site, with a certificate that the images' trust
 * store covers.
 */
export class Internet {
  readonly #server: Server;
  readonly #host: string;
  readonly #address: string;

  private constructor(server: Server, host: string, address: string) {
    this.#server = server;
    this.#host = host;
    this.#address = address;
  }

  /** Starts it on an address of its own. */
  static async open(
    host: string,
    { key, certificate }: KeyPair,
    addresses: AddressSource,
  ): Promise<Internet> {
    const server = createServer({ key, cert: certificate }, (_request, response) => {
      response.end("h=rehearsal\n");
    });
    const internet = new Internet(server, host, await addresses([HTTPS]));
    await internet.connect();
    return internet;
  }

  /** Host name to address, for the `/etc/hosts` of pods. */
  get hosts(): ReadonlyMap<string, string> {
    return new Map([[this.#host, this.#address]]);
  }

  async connect(): Promise<void> {
    this.#server.listen(HTTPS, this.#address);
    await once(this.#server, "listening");
  }

  /** Cuts the connection to the Internet. No error if it is already cut. */
  async disconnect(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}
