import { SPACES_REGIONS } from "../../config/keys/media.ts";
import { SPACES_BUCKET, SPACES_KEY } from "../clouds/digitalocean/spaces.ts";
import { read } from "../clouds/properties.ts";
import type { World } from "../clouds/world.ts";
import type { S3Ground } from "./r2.ts";
import type { S3Key, S3Keys } from "./s3-keys.ts";
import { HTTPS, S3Server } from "./s3-server.ts";

/** Spaces' S3, with the addresses of its hosts. */
export interface OpenedSpaces {
  readonly server: S3Server;
  /** Each region's host, and one for each bucket that exists. */
  readonly hosts: () => ReadonlyMap<string, string>;
}

/**
 * Opens the S3 of Spaces over a world's buckets, with its keys
 * (docs.digitalocean.com/reference/api/spaces, read 2026-11-29). A client may write the bucket into
 * the host, as rclone does. Unlike R2 it accepts every form of a call.
 */
export async function openSpaces(world: World, ground: S3Ground): Promise<OpenedSpaces> {
  const regions = SPACES_REGIONS.map((region) => `${region}${DOMAIN}`);
  const address = await ground.addresses([HTTPS]);
  const server = await S3Server.start({
    store: world.spaces,
    keys: keysOfSpaces(world),
    exists: (bucket, host) =>
      world.get(SPACES_BUCKET, bucket)?.properties["region"] === placeOf(host).region,
    bucketIn: (host) => placeOf(host).bucket,
    refuses: () => undefined,
    directory: ground.directory,
    at: {
      ...(await ground.certificate([...regions, ...regions.map((host) => `*.${host}`)])),
      address,
    },
  });
  const buckets = (): readonly string[] =>
    world
      .find(SPACES_BUCKET)
      .map(({ id, properties }) => `${id}.${read.text(properties, "region")}${DOMAIN}`);
  return {
    server,
    hosts: () => new Map([...regions, ...buckets()].map((host) => [host, address])),
  };
}

const DOMAIN = ".digitaloceanspaces.com";

/** Region and bucket of a host: `ams3.digitaloceanspaces.com`, `media.ams3.…`. */
function placeOf(host: string): { readonly region: string; readonly bucket: string | undefined } {
  const [region = "", bucket] = host.slice(0, -DOMAIN.length).split(".").toReversed();
  return { region, bucket };
}

/** The keys of a world. Each reaches the buckets of its grants, "" all of them. */
export function keysOfSpaces(world: World): S3Keys {
  return (accessKeyId): S3Key | undefined => {
    const key = world.get(SPACES_KEY, accessKeyId)?.properties;
    if (key === undefined) return undefined;
    return {
      secret: read.text(key, "secretKey"),
      may: (what, bucket) =>
        read
          .list(key, "grants")
          .some(
            ({ bucket: of, permission }) =>
              (of === "" || of === bucket) && (what === "read" || permission !== "read"),
          ),
    };
  };
}
