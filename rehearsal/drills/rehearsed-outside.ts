import { parseConfig } from "../../input/parse.ts";
import { publicNamesOf } from "../../domain/public-names.ts";
import type { Outside, OutsideAnswer } from "../../ops/rebuild/world.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { RECORD, R2_CUSTOM_DOMAIN } from "../clouds/cloudflare/dns.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { askAsServer, ClusterEdge } from "./cluster-edge.ts";
import { queryAsWeb } from "./live.ts";

/** The account that the instance names as its contact. A drill makes it. */
const CONTACT = "alice";

/**
 * The Internet of a rehearsal. The simulated edge decides the status, through the connectors, the
 * Services and the pods. Puma's pages there are empty, so the text comes from web's own database.
 */
export class RehearsedOutside implements Outside {
  readonly #rehearsal: Rehearsal;
  readonly #config = parseConfig(readStackFile());
  readonly #edge: ClusterEdge;

  /** @param edge default: a new one. Two edges before one pod would start its program twice. */
  constructor(rehearsal: Rehearsal, edge: ClusterEdge = new ClusterEdge(rehearsal)) {
    this.#rehearsal = rehearsal;
    this.#edge = edge;
  }

  resolve(host: string): Promise<readonly string[]> {
    const { world } = this.#rehearsal;
    const records = [
      ...world.find(
        RECORD,
        ({ name, type }) => name === host && ["CNAME", "AAAA"].includes(String(type)),
      ),
      ...world.find(R2_CUSTOM_DOMAIN, ({ domain }) => domain === host),
    ];
    return Promise.resolve(records.map(({ id }) => id));
  }

  async get(url: string): Promise<OutsideAnswer> {
    const { host, pathname, search } = new URL(url);
    const status = await this.#status(host, pathname + search);
    return { status, text: status === 200 ? await this.#textOf(host, pathname, search) : "" };
  }

  /** Streaming's own answer to a request without a token. */
  async handshake(url: string): Promise<number> {
    const { host } = new URL(url);
    return (await this.#status(host, "/api/v1/streaming/health")) === 200 ? 401 : 502;
  }

  async close(): Promise<void> {
    await this.#edge.close();
  }

  async #status(host: string, target: string): Promise<number> {
    if ((await this.resolve(host)).length === 0) throw new Error(`${host} has no address`);
    return (await askAsServer(await this.#edge.fresh(), "GET", host, target)).status;
  }

  async #textOf(host: string, path: string, search: string): Promise<string> {
    const { domain } = this.#config;
    const { web } = this.#hosts();
    if (host !== web && host !== domain) return "";
    const keyOf = async (where: string): Promise<string> =>
      JSON.stringify({
        publicKey: {
          publicKeyPem: await queryAsWeb(
            this.#rehearsal,
            `SELECT coalesce(to_jsonb(a)->>'public_key', a::text) FROM accounts a WHERE ${where}`,
          ),
        },
      });
    const [, name] = /^\/users\/(\w+)$/u.exec(path) ?? [];
    if (path === "/actor") return await keyOf("id = -99");
    if (name !== undefined) return await keyOf(`username = '${name}' AND domain IS NULL`);
    if (path === "/api/v2/instance")
      return JSON.stringify({ domain, contact: { account: { acct: CONTACT } } });
    const [, account] = /resource=acct%3A(\w+)%40/u.exec(search) ?? [];
    return path === "/.well-known/webfinger" && account !== undefined
      ? JSON.stringify({ links: [{ rel: "self", href: `https://${web}/users/${account}` }] })
      : "";
  }

  #hosts(): { readonly web: string } {
    const names = publicNamesOf(this.#config);
    return { web: names.find(({ role }) => role === "web")?.host ?? this.#config.webDomain };
  }
}
