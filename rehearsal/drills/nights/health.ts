import { parseConfig } from "../../../input/parse.ts";
import { hostsOf } from "../../../domain/hosts.ts";
import { mediaHostOf } from "../../../domain/media.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { nameOf } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { askAsServer, ClusterEdge } from "../cluster-edge.ts";
import { liveDeployments } from "../live.ts";
import { recover } from "../recover.ts";
import { SCHEDULER } from "../release-steps.ts";
import { aMediaFile, contentOf, fillValkey, sumOf, type Content, type Living } from "./living.ts";

/** Everything by which a server that is well is known. It contains no secret. */
export interface Health {
  readonly content: Content;
  /** `2 of 2` ready pods by Deployment. */
  readonly pods: Readonly<Record<string, string>>;
  /** Pods of the only Sidekiq with scheduled jobs, in all clusters. */
  readonly schedulers: number;
  /** Answers at the edge by request. */
  readonly answers: Readonly<Record<string, string>>;
  /** Ids of protected resources by their names. */
  readonly kept: Readonly<Record<string, string>>;
  /** Things at the clouds that stand in no state. */
  readonly unheld: readonly string[];
  /** Resources of the state that no cloud has. */
  readonly absent: readonly string[];
  /** Steps of a preview with refresh. */
  readonly preview: readonly string[];
  /** Complaints of `npm run recover`: left-overs, or something that exists twice. */
  readonly recovery: readonly string[];
}

const config = parseConfig(readStackFile());
const hosts = hostsOf(config);
/** Requests of visitors, other servers and apps, with the answers of a server that is well. */
export const REQUESTS = [
  { method: "GET", host: hosts.web, target: "/health", well: "200" },
  { method: "GET", host: hosts.web, target: "/users/alice", well: "200" },
  {
    method: "GET",
    host: hosts.web,
    target: "/.well-known/webfinger?resource=acct:alice@example.social",
    well: "200",
  },
  { method: "POST", host: hosts.web, target: "/inbox", well: "202" },
  { method: "GET", host: hosts.streaming, target: "/api/v1/streaming/health", well: "200" },
  {
    method: "GET",
    host: mediaHostOf(config),
    target: aMediaFile().path,
    well: `200, ${aMediaFile().sum}`,
  },
] as const;

/** Reads a server's health. It keeps the edge of a cluster open from one reading to the next. */
export class HealthReader {
  readonly #rehearsal: Rehearsal;
  readonly #living: Living;
  readonly edge: ClusterEdge;

  constructor(rehearsal: Rehearsal, living: Living) {
    this.#rehearsal = rehearsal;
    this.#living = living;
    this.edge = new ClusterEdge(rehearsal);
  }

  async read(): Promise<Health> {
    const rehearsal = this.#rehearsal;
    const { stack, world } = rehearsal;
    const deployments = await liveDeployments(rehearsal);
    const answers = await this.#ask();
    const content = await contentOf(rehearsal, this.#living);
    const preview = await stack.preview({ refresh: true });
    const recovered = await recover(rehearsal, []);
    const resources = await stack.resources();
    const held = new Set(resources.map(({ type, id }) => `${type} ${id}`));
    const things = world.inventory();
    const there = new Set(things.map(({ type, id }) => `${type} ${id}`));
    return {
      content,
      pods: Object.fromEntries(
        deployments.map(({ metadata, spec, status }) => [
          metadata?.name ?? "",
          `${status?.readyReplicas ?? 0} of ${spec?.replicas ?? 1}`,
        ]),
      ),
      schedulers:
        deployments.find(({ metadata }) => metadata?.name === SCHEDULER)?.status?.replicas ?? 0,
      answers,
      kept: Object.fromEntries(
        resources
          .filter(({ protect }) => protect === true)
          .map(({ urn, id }) => [nameOf(urn), String(id)]),
      ),
      unheld: things
        .filter(({ type, id }) => !held.has(`${type} ${id}`))
        .map(({ type, name }) => `${type} ${name}`),
      absent: resources
        .filter(({ custom, type, id }) => custom && isAtClouds(type) && !there.has(`${type} ${id}`))
        .map(({ urn }) => nameOf(urn)),
      preview: [
        ...(preview.failure === undefined ? [] : [preview.failure]),
        ...preview.steps.map(({ op, urn }) => `${op} ${nameOf(urn)}`),
      ],
      recovery: recovered.well ? [] : [recovered.said],
    };
  }

  /** Writes new jobs into Valkey, and reads the content again. */
  async refilled(): Promise<Content> {
    await fillValkey(this.#rehearsal);
    return await contentOf(this.#rehearsal, this.#living);
  }

  /** Asks the edge, through the connectors, the Services and the pods of the only cluster. */
  async #ask(): Promise<Readonly<Record<string, string>>> {
    const edge = await this.edge.fresh();
    const answers: Record<string, string> = {};
    for (const { method, host, target } of REQUESTS) {
      const { status, body } = await askAsServer(edge, method, host, target);
      const isFile = host === mediaHostOf(config) && Buffer.isBuffer(body) && status === 200;
      answers[`${method} ${host}${target}`] = isFile ? `${status}, ${sumOf(body)}` : String(status);
    }
    return answers;
  }

  async close(): Promise<void> {
    await this.edge.close();
  }
}

const isAtClouds = (type: string): boolean => /^(?:digitalocean|cloudflare):/u.test(type);
