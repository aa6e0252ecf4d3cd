import { parseConfig } from "../../input/parse.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { openEdge, type OpenEdge } from "../edge/open.ts";
import type { EdgeResponse } from "../edge/messages.ts";
import type { Reply } from "../edge/upstream.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveConfig, onlyCluster } from "./live.ts";

/** A visitor's address (TEST-NET-3, RFC 5737). */
const VISITOR = "203.0.113.77";

/**
 * The simulated edge in front of the only cluster. It is opened again when another cluster serves,
 * and read again before each question.
 */
export class ClusterEdge {
  readonly #rehearsal: Rehearsal;
  readonly #zoneId = parseConfig(readStackFile()).cloudflare.zoneId;
  #open: { readonly cluster: string; readonly edge: OpenEdge } | undefined;

  constructor(rehearsal: Rehearsal) {
    this.#rehearsal = rehearsal;
  }

  /** Opens the edge, without a copy of an earlier answer. */
  async fresh(): Promise<OpenEdge["edge"]> {
    const cluster = onlyCluster(this.#rehearsal);
    if (this.#open?.cluster !== cluster) {
      await this.close();
      const config = () => liveConfig(this.#rehearsal);
      this.#open = { cluster, edge: await openEdge(this.#rehearsal, this.#zoneId, config) };
    }
    const { edge } = this.#open;
    await edge.refresh();
    edge.edge.cache.purge("everything");
    return edge.edge;
  }

  /** The origins behind it. @throws Error before the first {@link fresh}. */
  get origins(): OpenEdge["origins"] {
    if (this.#open === undefined) throw new Error("The edge is not open yet.");
    return this.#open.edge.origins;
  }

  async close(): Promise<void> {
    await this.#open?.edge.close();
    this.#open = undefined;
  }
}

/** Asks an edge as another server does. */
export async function askAsServer(
  edge: OpenEdge["edge"],
  method: string,
  host: string,
  target: string,
): Promise<Reply | EdgeResponse> {
  return await edge.answer(
    {
      ...{ scheme: "https", method, host, target, clientAddress: VISITOR },
      headers: { "user-agent": ["Mastodon/4.7"] },
    },
    undefined,
  );
}
