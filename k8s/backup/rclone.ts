import type * as pulumi from "@pulumi/pulumi";
import type { MediaKey } from "../environment/media.ts";
import type { Variables } from "../environment/variables.ts";

/**
 * Settings of rclone, in its environment (https://rclone.org/docs/#environment-variables). Against
 * a dead endpoint it would take four minutes to give up by default, and stream 48.8 GiB at most
 * (measured with 1.74.0). With parts of 16 MiB, of which S3 takes 10,000, it streams 156 GiB.
 */
export const RCLONE_SETTINGS: Readonly<Record<string, string>> = {
  // This very name means a configuration in memory (https://rclone.org/docs/#config-string).
  RCLONE_CONFIG: "/notfound",
  // The root is read-only, and rclone writes nothing there.
  HOME: "/tmp",
  RCLONE_RETRIES: "1",
  RCLONE_LOW_LEVEL_RETRIES: "3",
  RCLONE_CONTIMEOUT: "30s",
  RCLONE_S3_CHUNK_SIZE: "16Mi",
  RCLONE_S3_UPLOAD_CONCURRENCY: "2",
};

/** An S3 in rclone's words. */
export interface RcloneS3 {
  /** https://rclone.org/s3/#s3-provider */
  readonly provider: "Cloudflare" | "DigitalOcean" | "Other";
  readonly endpoint: string;
  readonly region: string;
  /** ACL of each stored object (https://rclone.org/s3/#s3-acl). Default: none is sent. */
  readonly acl?: "public-read";
}

/** Variables that make a remote of this name: `<name>:<bucket>/<key>`. */
export function rcloneRemote(
  name: string,
  { provider, endpoint, region, acl }: RcloneS3,
  key: MediaKey,
): Variables {
  const of = (setting: string): string => `RCLONE_CONFIG_${name.toUpperCase()}_${setting}`;
  const plain: Record<string, pulumi.Input<string>> = {
    [of("TYPE")]: "s3",
    [of("PROVIDER")]: provider,
    [of("ENDPOINT")]: endpoint,
    [of("REGION")]: region,
    // A key for objects of one bucket can't ask for the bucket.
    [of("NO_CHECK_BUCKET")]: "true",
    ...(acl === undefined ? {} : { [of("ACL")]: acl }),
    // One that may only write can't ask for the object either.
    ...(provider === "Other" ? { [of("NO_HEAD")]: "true" } : {}),
  };
  return {
    plain,
    secret: {
      [of("ACCESS_KEY_ID")]: key.accessKeyId,
      [of("SECRET_ACCESS_KEY")]: key.secretAccessKey,
    },
  };
}
