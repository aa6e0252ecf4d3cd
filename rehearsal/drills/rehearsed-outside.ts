import { parseConfig } from "../../input/parse.ts";
import { publicNamesOf } from "../../domain/public-names.ts";
import type { Outside, OutsideAnswer } from "../../ops/rebuild/world.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { RECORD, R2_CUSTOM_DOMAIN } from "../clouds/cloudflare/dns.ts";
import { openEdge, type OpenEdge } from "../edge/open.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveConfig, onlyCluster, queryAsWeb } from "./live.ts";

/**
 * The Internet of a rehearsal. The simulated edge decides the status, through the connectors, the
 * Services and the pods. Puma's pages there are empty, so the text comes from web's own database.
 */
export class RehearsedOutside implements Outside {
  readonly #rehearsal: Rehearsal;
  readonly #config = parseConfig(readStackFile());
  readonly #edges = new Map<string, OpenEdge>();

  constructor(rehearsal: Rehearsal) {
    this.#rehearsal = rehearsal;
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
    for (const open of this.#edges.values()) await open.close();
    this.#edges.clear();
  }

  async #status(host: string, target: string): Promise<number> {
    if ((await this.resolve(host)).length === 0) throw new Error(`${host} has no address`);
    const edge = await this.#edge();
    const { status } = await edge.answer(
      {
        ...{ scheme: "https", method: "GET", host, target, clientAddress: "203.0.113.77" },
        headers: { "user-agent": ["Mastodon/4.7"] },
      },
      undefined,
    );
    return status;
  }

  /** The edge before the pods of the only cluster: another cluster is met by another one. */
  async #edge(): Promise<OpenEdge["edge"]> {
    const rehearsal = this.#rehearsal;
    const cluster = onlyCluster(rehearsal);
    if (!this.#edges.has(cluster)) await this.close();
    const open =
      this.#edges.get(cluster) ??
      (await openEdge(rehearsal, this.#config.cloudflare.zoneId, () => liveConfig(rehearsal)));
    this.#edges.set(cluster, open);
    await open.refresh();
    open.edge.cache.purge("everything");
    return open.edge;
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
    if (path === "/api/v2/instance") return JSON.stringify({ domain });
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
