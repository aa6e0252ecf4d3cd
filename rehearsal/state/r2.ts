import type { KeyPair } from "../authority.ts";
import type { World } from "../clouds/world.ts";
import type { AddressSource } from "../data/loopback.ts";
import { bucketsOf, keysOfTokens } from "./s3-keys.ts";
import { HTTPS, S3Server } from "./s3-server.ts";

/** Means of an S3. */
export interface S3Ground {
  /** A certificate that the images' trust store covers. */
  readonly certificate: (names: readonly string[]) => Promise<KeyPair>;
  readonly addresses: AddressSource;
  /** Folder for large objects. */
  readonly directory: string;
}

/** An S3, with the addresses of its hosts. */
export interface OpenedS3 {
  readonly server: S3Server;
  readonly hosts: ReadonlyMap<string, string>;
}

/**
 * Opens R2's S3 over a world's buckets, with the keys of its tokens, on the hosts of an account and
 * its jurisdictions (developers.cloudflare.com/r2/api/s3/api, "Jurisdictions").
 */
export async function openR2(world: World, account: string, ground: S3Ground): Promise<OpenedS3> {
  const names = ["", ".eu", ".fedramp"].map(
    (jurisdiction) => `${account}${jurisdiction}.r2.cloudflarestorage.com`,
  );
  const address = await ground.addresses([HTTPS]);
  const server = await S3Server.start({
    store: world.r2,
    keys: keysOfTokens(world),
    exists: bucketsOf(world),
    directory: ground.directory,
    at: { ...(await ground.certificate(names)), address },
  });
  return { server, hosts: new Map(names.map((name) => [name, address])) };
}
