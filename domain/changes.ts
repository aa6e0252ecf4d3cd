import type { MediaStore } from "../config/keys/media.ts";
import type { StackConfig } from "../config/schema.ts";
import { secretRow, type SecretKey } from "../config/secret-keys/all.ts";
import {
  POSTGRES_SIZES,
  VALKEY_SIZES,
  type PostgresSize,
} from "../facts/digitalocean/database-plans.ts";
import { HIGH_AVAILABILITY_PRICE, POSTGRES_INCLUDED_GIB } from "../facts/digitalocean/prices.ts";
import { inDollars } from "./cost.ts";
import type { DataLife } from "./data-life.ts";
import { databaseClustersOf } from "./database-clusters.ts";
import { decidedBy, type Decided, type MediaPlace } from "./decided.ts";
import type { Fault } from "./fault.ts";
import { restoreOf } from "./restore.ts";

/**
 * Refuses changes that are impossible on a running server, by comparison with the last update's
 * outputs.
 */

/** Outputs of the last update, as far as changes are compared with them. */
type Last = Partial<Decided> & { readonly data?: Pick<DataLife, "number"> };

/**
 * Whether the update restores a dump into a new database cluster. Only then the data comes along to
 * another region. The engine still refuses to replace the protected network and Valkey of the
 * old one, until they have left the state.
 */
function comesAlong({ data }: Last, { postgres }: StackConfig): boolean {
  const { newest } = databaseClustersOf(postgres);
  return restoreOf({ postgres }) !== undefined && newest > (data?.number ?? 1);
}

/**
 * Pairs of the wanted and the deployed value. A value that the last update did not record counts as
 * wanted.
 */
function compared(
  last: Partial<Decided>,
  config: StackConfig,
): { readonly wanted: Decided; readonly running: Decided } {
  const wanted = decidedBy(config);
  return { wanted, running: { ...wanted, ...last } };
}

/** A change that is impossible on the running server. */
export interface ChangeFault extends Fault {
  /** Resources that would be deleted with it, in an operator's words. Empty: none. */
  readonly dies: readonly string[];
}

/** The sentence of each impossible change. */
export function changeFaults(last: Last | undefined, config: StackConfig): readonly string[] {
  return changeRefusals(last, config).map(({ message }) => message);
}

/**
 * Each impossible change; none for a stack that is not deployed yet. A value that the last update,
 * of an older program, did not record counts as unchanged.
 */
export function changeRefusals(
  last: Last | undefined,
  config: StackConfig,
): readonly ChangeFault[] {
  if (last === undefined) return [];
  const { wanted, running } = compared(last, config);
  const moves = running.region !== wanted.region && comesAlong(last, config);
  return [
    ...fault(
      running.domain !== wanted.domain,
      `mastodon:domain is "${wanted.domain}", but this server's accounts end in "${running.domain}" and can never end in anything else: other servers know them by it. Put "${running.domain}" back; a server of another name is another stack`,
      putBack("domain", running.domain),
    ),
    ...fault(
      running.webDomain !== wanted.webDomain,
      `mastodon:webDomain is "${wanted.webDomain}", but accounts' addresses on other servers begin with https://${running.webDomain}/users/, and those servers would refuse what comes from anywhere else, for good. Put "${running.webDomain}" back; to try another host, try another mastodon:domain, too, in a stack of its own`,
      putBack("webDomain", running.webDomain),
    ),
    ...fault(
      running.region !== wanted.region && !moves,
      `mastodon:region is "${wanted.region}", but the server runs in "${running.region}". In a new region every resource is a new one, the databases with their data, too. Put "${running.region}" back; to move with the data of a dump: npm run rebuild -- region --to ${wanted.region}`,
      putBack("region", running.region, IN_A_REGION),
    ),
    ...fault(
      running.highAvailability && !wanted.highAvailability,
      `mastodon:cluster.highAvailability is false, but the cluster has a second control plane, and DigitalOcean never takes it away. Put true back; to save its ${inDollars(HIGH_AVAILABILITY_PRICE)} a month, rebuild the cluster`,
      putBack("cluster.highAvailability", true),
    ),
    ...fault(
      running.cloudflareAccountId !== wanted.cloudflareAccountId,
      `mastodon:cloudflare.accountId is "${wanted.cloudflareAccountId}", but the tunnel is in the account "${running.cloudflareAccountId}", and a tunnel can't move: with it goes the way in. Put "${running.cloudflareAccountId}" back; to move, make the new tunnel first, by a second stack`,
      putBack("cloudflare.accountId", running.cloudflareAccountId, ["the tunnel: the way in"]),
    ),
    ...Object.entries(running.fingerprints)
      .filter(([key, print]) => wanted.fingerprints[key as SecretKey] !== print)
      .map(([key]) =>
        unlisted(
          `fingerprints.${key}`,
          `mastodon:fingerprints.${key} is ${wanted.fingerprints[key as SecretKey] === undefined ? "gone" : "another one"}, so the server would start with another mastodon:${key} than its data was written with. ${secretRow(key as SecretKey).lost} Put secret and fingerprint back: from an earlier commit of the stack file, or from the escrow bundle (docs/secrets.md)`,
        ),
      ),
    ...fault(
      running.mediaStorage !== "none" && wanted.mediaBuckets[running.mediaStorage] === undefined,
      `mastodon:media.storage is "${wanted.mediaStorage}", but the media lies in "${running.mediaStorage}", and no page would find it any more. Put "${running.mediaStorage}" back; to move, keep that bucket as mastodon:media.standby and go the way of docs/media.md`,
      putBack("media.storage", running.mediaStorage),
    ),
    // A derived host changes with the web domain, all of them with the storage: one mistake is
    // reported once.
    ...(running.webDomain === wanted.webDomain &&
    (running.mediaStorage === "none" || wanted.mediaBuckets[running.mediaStorage] !== undefined)
      ? running.mediaHosts
          .filter((host) => !wanted.mediaHosts.includes(host))
          .map((host) =>
            unlisted(
              "media",
              `mastodon:media no longer names "${host}", and other servers have addresses of pictures there, for years. Add "${host}" to mastodon:media.otherHosts, or to media.standby.hosts where the former bucket answers; if they may all break, to mastodon:media.retiredHosts`,
            ),
          )
      : []),
    ...fault(
      running.mediaFromLocalDisk && !wanted.mediaFromLocalDisk,
      `mastodon:media.fromLocalDisk is false, but other servers have addresses of this one's pictures under https://${running.webDomain}/system/, which nothing would answer any more. Put true back`,
      putBack("media.fromLocalDisk", true),
    ),
    // Both are derived from those by default, so one mistake is reported once.
    ...(running.domain === wanted.domain && (moves || running.region === wanted.region)
      ? Object.entries(running.mediaBuckets).flatMap(([store, before]) =>
          otherBucket(before, wanted.mediaBuckets[store as MediaStore]),
        )
      : []),
    ...shrunk("postgres.size", POSTGRES_SIZES, running.postgresSize, wanted.postgresSize),
    ...shrunk("valkey.size", VALKEY_SIZES, running.valkeySize, wanted.valkeySize),
    ...otherDisk(last, config),
  ];
}

/**
 * The plan's own disk. If nobody publishes it, another plan's counts as large enough, and the same
 * one's as smaller.
 */
function includedGib(size: PostgresSize, { postgresSize }: Last): number {
  return POSTGRES_INCLUDED_GIB[size] ?? (postgresSize === size ? 0 : Infinity);
}

/**
 * A disk can't shrink. With storage autoscaling a new value is not sent, because the disk may have
 * grown past it. Only the cost that this program tells would change.
 */
function otherDisk(last: Last, { postgres }: StackConfig): readonly ChangeFault[] {
  // A new cluster is made with the size that is wanted.
  if (databaseClustersOf(postgres).newest > (last.data?.number ?? 1)) return [];
  const { storageGib, storageAutoscale, size } = postgres;
  const had = last.postgresStorageGib;
  const key = "postgres.storageGib";
  const back = had === undefined ? "Leave it out" : `Put ${had} back`;
  const shrinks = (storageGib ?? includedGib(size, last)) < (had ?? 0);
  return [
    ...fault(
      shrinks,
      `mastodon:${key} is ${storageGib ?? "gone"}, but the disk has ${had} GiB, and a disk can't shrink. ${back}, or more`,
      putBack(key, had),
    ),
    ...fault(
      // An older program recorded neither.
      last.postgresSize !== undefined &&
        storageGib !== undefined &&
        storageGib !== had &&
        storageAutoscale.enabled &&
        !shrinks,
      `mastodon:${key} is ${storageGib}, but storage autoscaling is on: DigitalOcean grows the disk by itself, and this value would change nothing. ${back}; to give the disk ${storageGib} GiB now, set mastodon:postgres.storageAutoscale.enabled to false`,
      {
        key,
        cures: [
          {
            ...(had === undefined ? { remove: [key] } : { set: { [key]: had } }),
            note: "the disk grows by itself",
          },
          { set: { "postgres.storageAutoscale.enabled": false }, note: "to grow it now" },
        ],
        dies: [],
      },
    ),
  ];
}

/**
 * Sentences for changes that are allowed but interrupt something, so that the operator knows it.
 */
export function changeWarnings(
  last: Partial<Decided> | undefined,
  config: StackConfig,
): readonly string[] {
  if (last === undefined) return [];
  const { wanted, running } = compared(last, config);
  const covered = ["webDomain", "streamingHost", "assetsHost", "mediaHosts"].flatMap(
    (key) => running[key as keyof Decided] as string | readonly string[],
  );
  return [
    ...warned(
      running.streamingHost !== wanted.streamingHost,
      `Streaming moves from "${running.streamingHost}" to "${wanted.streamingHost}": apps and open pages go on asking the old host, which no longer answers, until they are started anew.`,
    ),
    ...warned(
      running.assetsHost !== wanted.assetsHost,
      `Static files move from "${running.assetsHost}" to "${wanted.assetsHost}": pages that are open or kept, and pictures in mails that were sent, go on asking the old host, which no longer answers.`,
    ),
    ...running.publicHosts
      .filter((host) => !wanted.publicHosts.includes(host) && !covered.includes(host))
      .map(
        (host) =>
          `"${host}" no longer leads to this server: whoever has it in a link, and servers that ask there for accounts, find what stands there then, or nothing.`,
      ),
  ];
}

/**
 * Name and place identify a bucket. Spaces' provider does not even show a change of the name
 * (terraform-provider-digitalocean, `name` is not ForceNew).
 */
function otherBucket(before: MediaPlace, after: MediaPlace | undefined): readonly ChangeFault[] {
  return [
    ...fault(
      after !== undefined && after.bucket !== before.bucket,
      `mastodon:media.bucket is "${after?.bucket}", but the media lies in the bucket "${before.bucket}", and a bucket can't be renamed: the new one would be empty. Put "${before.bucket}" back`,
      putBack("media.bucket", before.bucket),
    ),
    ...fault(
      after !== undefined && after.place !== before.place,
      `the media would lie in "${after?.place}", but its bucket is in "${before.place}" and can't leave it: mastodon:media.jurisdiction (R2) and mastodon:media.region (Spaces) say where. Put them back as they were; to move, docs/media.md`,
      { key: "media", cures: [], dies: [] },
    ),
  ];
}

/**
 * https://docs.digitalocean.com/products/databases/postgresql/details/limits: "You cannot resize
 * cluster nodes to smaller sizes."
 */
function shrunk(
  key: string,
  sizes: readonly string[],
  running: string,
  wanted: string,
): readonly ChangeFault[] {
  return fault(
    sizes.indexOf(wanted) < sizes.indexOf(running),
    `mastodon:${key} is "${wanted}", but it runs on "${running}", and DigitalOcean makes no database smaller. Put "${running}" back, or a larger one`,
    putBack(key, running),
  );
}

/** Resources that a new region has to create again. */
const IN_A_REGION = ["Postgres: all accounts and posts", "Valkey", "the cluster and its network"];

const CODE = "impossible-change";
type Parts = Pick<ChangeFault, "key" | "cures" | "dies">;

/** The remedy that a slip needs: the value that runs. */
function putBack(key: string, value: unknown, dies: readonly string[] = []): Parts {
  return { key, cures: [{ set: { [key]: value }, note: "it was a slip" }], dies };
}

function unlisted(key: string, message: string): ChangeFault {
  return { code: CODE, key, message, cures: [], dies: [] };
}

function fault(is: boolean, message: string, parts: Parts): readonly ChangeFault[] {
  return is ? [{ code: CODE, message, ...parts }] : [];
}

function warned(is: boolean, says: string): readonly string[] {
  return is ? [says] : [];
}
