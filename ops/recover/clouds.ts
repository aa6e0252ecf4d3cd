import type { Cloudflare } from "cloudflare";
import { ask, presence, type Answer, type Patience, type Presence } from "./presence.ts";
import type { StateResource } from "./state.ts";
import { VPC } from "./types.ts";

/** The official clients of both clouds, and whether each cloud's account accepts the token. */

/** A body of JSON whose shape the caller knows. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** Addresses and tokens of both clouds. */
export interface CloudAccess {
  readonly digitaloceanToken: string;
  readonly cloudflareToken: string;
  /** Default: DigitalOcean's own address. */
  readonly digitaloceanUrl?: string;
  /** Default: Cloudflare's own address. */
  readonly cloudflareUrl?: string;
  readonly patience?: Patience;
}

/** Both clouds, ready to be asked. */
export interface Clouds {
  /** DigitalOcean's client, below `/v2`. */
  readonly digitalocean: Json;
  readonly cloudflare: Cloudflare;
  readonly patience: Patience;
}

/**
 * Opens both clients. Neither retries: silence is an answer here. Their packages are loaded here
 * and no earlier: a deploy with nothing to recover loads none of them.
 */
export async function openClouds(access: CloudAccess): Promise<Clouds> {
  const { patience = {} } = access;
  return {
    digitalocean: await digitaloceanClient(access.digitaloceanToken, access.digitaloceanUrl),
    cloudflare: await cloudflareClient(access.cloudflareToken, access.cloudflareUrl, patience),
    patience,
  };
}

/** Cloudflare's official client. It does not retry. */
export async function cloudflareClient(
  apiToken: string,
  baseURL?: string,
  { limitMs: timeout }: Patience = {},
): Promise<Cloudflare> {
  const { Cloudflare } = await import("cloudflare");
  return new Cloudflare({
    apiToken,
    maxRetries: 0,
    logLevel: "off",
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(timeout === undefined ? {} : { timeout }),
  });
}

/**
 * The package ships its TypeScript beside its JavaScript, and the compiler would hold 7,000 places
 * of it to this project's settings. So it is imported by a name that the compiler does not follow.
 */
const PACKAGE: string = "@digitalocean/dots";

/** The package by which it reads JSON. */
const READER: string = "@microsoft/kiota-serialization-json";

/** DigitalOcean's official client for TypeScript; below its `/v2`. */
export async function digitaloceanClient(token: string, url?: string): Promise<Json> {
  const { createDigitalOceanClient, createServiceManager } = (await import(PACKAGE)) as Json;
  readLists(((await import(READER)) as Json).JsonParseNode);
  const { adapter } = createServiceManager({ digitalOcean: token }).getService("digitalocean");
  if (url !== undefined) adapter.baseUrl = url;
  return createDigitalOceanClient(adapter).v2;
}

/**
 * Client 1.19.0 reads a list without naming a kind. Its reader requires one since
 * 1.0.0-preview.103, which the client's range includes, so every list of texts fails. Here the
 * list's first value gives the kind.
 */
function readLists(node: { readonly prototype: object }): void {
  const name = "getCollectionOfPrimitiveValues";
  if (Object.hasOwn(node.prototype, name)) return;
  Object.defineProperty(node.prototype, name, {
    set(this: { readonly _jsonNode: unknown }, read: (kind: string) => unknown) {
      const value = (kind?: string) => read(kind ?? typeof (this._jsonNode as Json)?.[0]);
      Object.defineProperty(this, name, { value });
    },
  });
}

/**
 * Switches off the client's own repetition, which waits 3, 6 and 12 s (`retryHandler.ts` of npm
 * `@microsoft/kiota-http-fetchlibrary` 1.0.0-preview.109).
 */
export const ONCE = {
  getKey: () => "RetryHandlerOptionKey",
  maxRetries: 0,
  delay: 0,
  shouldRetry: () => false,
};

/** The most items of a page that DigitalOcean answers (digitalocean/openapi `per_page`). */
const PAGE = 200;

/** Reads one thing at DigitalOcean. */
export async function read(builder: Json): Promise<Json> {
  return await builder.get({ options: [ONCE] });
}

/** Reads all pages of a list at DigitalOcean. */
export async function readAll(builder: Json, key: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  for (let page = 1; ; page += 1) {
    const queryParameters = { perPage: PAGE, page };
    const part = (await builder.get({ queryParameters, options: [ONCE] }))[key] ?? [];
    items.push(...part);
    if (part.length < PAGE) return items;
  }
}

/** A cloud's name as in the type tokens of its provider. */
export type CloudName = "digitalocean" | "cloudflare";

/**
 * Asks whether a token is the right account's: it must see what the state holds there. Where the
 * state holds nothing yet, the cloud's acceptance of the token is all there is to know.
 * @param resources those of the state that nobody was deleting.
 */
export async function acceptedToken(
  cloud: CloudName,
  { digitalocean, cloudflare, patience }: Clouds,
  resources: readonly StateResource[],
): Promise<Answer<unknown>> {
  if (cloud === "digitalocean") {
    const vpc = resources.find(({ type, id }) => type === VPC && id !== undefined);
    const { vpcs } = digitalocean;
    return await ask(() => read(vpc === undefined ? vpcs : vpcs.byVpc_id(vpc.id)), patience);
  }
  const zone_id = resources
    .filter(({ type }) => type.startsWith("cloudflare:"))
    .map(({ inputs }) => inputs?.["zoneId"])
    .find((zone): zone is string => typeof zone === "string");
  return await ask(
    async () =>
      zone_id === undefined
        ? await cloudflare.user.tokens.verify()
        : await cloudflare.zones.get({ zone_id }),
    patience,
  );
}

/** DigitalOcean's answer about a cluster, to a token of the account with the state's network. */
export async function clusterPresence(
  id: string,
  clouds: Clouds,
  resources: readonly StateResource[],
): Promise<Presence<unknown>> {
  return await presence(
    () => read(clouds.digitalocean.kubernetes.clusters.byCluster_id(id)),
    () => acceptedToken("digitalocean", clouds, resources),
    clouds.patience,
  );
}
