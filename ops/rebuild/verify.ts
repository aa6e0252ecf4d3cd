import { createHash } from "node:crypto";
import type { StackConfig } from "../../config/schema.ts";
import { hostsOf } from "../../domain/hosts.ts";
import type { Outside, OutsideAnswer } from "./world.ts";

/** Checks a server from outside, as another server and a visitor meet it. */

/** Facts of a server that must be the same after a night. They are public. */
export interface Identity {
  /** SHA-256 of each actor's public key, by the actor's address. */
  readonly keys: Readonly<Record<string, string>>;
  /** Address of a media file. */
  readonly media: string | undefined;
}

/** Result of a check from outside. */
export interface Checked {
  readonly faults: readonly string[];
  /** Checks that passed, in words. */
  readonly well: readonly string[];
  readonly identity: Identity;
}

/** Type by which another server asks for an actor (ActivityPub, W3C, 3.2). */
const ACTIVITY = { accept: "application/activity+json" } as const;

/**
 * Asks everything once.
 * @param before the server before the night; undefined if nobody has recorded it.
 * @param account name of a local account; undefined: the server's contact.
 */
export async function checkFromOutside(
  config: Pick<StackConfig, "domain" | "webDomain" | "hosts">,
  outside: Outside,
  before: Identity | undefined,
  account: string | undefined,
): Promise<Checked> {
  const { domain } = config;
  const { web, streaming } = hostsOf(config);
  const faults: string[] = [];
  const well: string[] = [];
  const check = async (name: string, run: () => Promise<string | undefined>): Promise<void> => {
    const fault = await run().catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (fault === undefined) well.push(name);
    else faults.push(`${name}: ${fault}`);
  };
  const keys: Record<string, string> = {};
  let instance: Instance = {};
  await check("DNS", async () => {
    for (const host of new Set([web, streaming]))
      if ((await outside.resolve(host)).length === 0) return `${host} has no address`;
    return undefined;
  });
  await check("health", async () => statusFault(await outside.get(`https://${web}/health`)));
  await check("instance", async () => {
    const answer = await outside.get(`https://${web}/api/v2/instance`);
    if (answer.status !== 200) return statusFault(answer);
    instance = JSON.parse(answer.text) as Instance;
    return instance.domain === domain ? undefined : `it says that it is ${instance.domain}`;
  });
  const name = account ?? instance.contact?.account?.acct;
  const actors = [`https://${web}/actor`];
  if (name !== undefined)
    await check("webfinger", async () => {
      const handle = `acct:${name}@${domain}`;
      const answer = await outside.get(
        `https://${domain}/.well-known/webfinger?resource=${encodeURIComponent(handle)}`,
      );
      if (answer.status !== 200) return statusFault(answer);
      const { links = [] } = JSON.parse(answer.text) as Finger;
      const self = links.find(({ rel }) => rel === "self")?.href;
      if (self === undefined) return `${handle} leads to no actor`;
      actors.push(self);
      return undefined;
    });
  await check(before === undefined ? "actor" : "same actor key", async () => {
    for (const actor of actors) {
      const answer = await outside.get(actor, ACTIVITY);
      if (answer.status !== 200) return `${actor}: ${statusFault(answer)}`;
      const { publicKey } = JSON.parse(answer.text) as Actor;
      if (publicKey?.publicKeyPem === undefined) return `${actor} shows no public key`;
      keys[actor] = createHash("sha256").update(publicKey.publicKeyPem).digest("hex");
      const known = before?.keys[actor];
      if (known !== undefined && known !== keys[actor])
        return `${actor} has another key than before. Other servers trust the former one: stop here, and look at the database`;
    }
    return undefined;
  });
  await check("streaming", async () => {
    const status = await outside.handshake(`https://${streaming}/api/v1/streaming`);
    // Without a token streaming refuses, which shows that it read its database.
    return [101, 401].includes(status) ? undefined : `it answered ${status}`;
  });
  const avatar = instance.contact?.account?.avatar;
  const media = before?.media ?? (avatar?.endsWith(MISSING) === true ? undefined : avatar);
  if (media !== undefined)
    await check("media", async () => {
      const answer = await outside.get(media);
      return answer.status === 200 ? undefined : `${media}: ${statusFault(answer)}`;
    });
  return { faults, well, identity: { keys, media } };
}

/** Mastodon's picture of an account without one (`app/helpers/home_helper.rb`): no media file. */
const MISSING = "/avatars/original/missing.png";

function statusFault({ status }: OutsideAnswer): string | undefined {
  return status === 200 ? undefined : `it answered ${status}`;
}

/** Parts of `/api/v2/instance` (https://docs.joinmastodon.org/entities/Instance/). */
interface Instance {
  readonly domain?: string;
  readonly contact?: {
    readonly account?: { readonly acct?: string; readonly avatar?: string } | null;
  };
}

/** Parts of a webfinger's answer (RFC 7033, 4.4). */
interface Finger {
  readonly links?: readonly { readonly rel?: string; readonly href?: string }[];
}

/** Parts of an actor (https://docs.joinmastodon.org/spec/activitypub/). */
interface Actor {
  readonly publicKey?: { readonly publicKeyPem?: string };
}
