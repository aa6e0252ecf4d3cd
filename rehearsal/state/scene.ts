import { randomBytes } from "node:crypto";
import Cloudflare from "cloudflare";
import { r2Bucket } from "../../ops/state/bucket.ts";
import { runState, type StateWorld } from "../../ops/state/command.ts";
import { ScaledClock } from "../clouds/clock.ts";
import { FakeClusters, FakeDatabases } from "../clouds/fake-backends.ts";
import type { RestFaces } from "../clouds/rest/open.ts";
import { World } from "../clouds/world.ts";
import type { S3Server } from "./s3-server.ts";
import type { StateProject } from "./state-project.ts";

/**
 * Scene of the drill `state`: a bucket of R2 with its APIs (S3 and Cloudflare's), and a stack in
 * it.
 */

/** The bucket. */
export const ADDRESS = {
  account: "a".repeat(32),
  jurisdiction: "default",
  bucket: "state",
} as const;
/** Key of the state's own file. */
export const STACKS = ".pulumi/stacks/mastodon/prod.json";
/** Prefix of its history's keys. */
export const HISTORY = ".pulumi/history/mastodon/prod/";

/** State that the phases share. */
export interface Scene {
  engineRoot: string;
  directory: string;
  readonly world: World;
  rest: RestFaces | undefined;
  s3: S3Server | undefined;
  project: StateProject | undefined;
  /** URNs that the restored state must have. */
  urns: readonly string[];
}

/** A scene without running parts. */
export function newScene(): Scene {
  const world = new World({
    clusters: new FakeClusters(),
    databases: new FakeDatabases(),
    clock: new ScaledClock(0),
  });
  // An account exists through its zones.
  world.zones.set("b".repeat(32), { accountId: ADDRESS.account, name: "example.social" });
  return {
    engineRoot: "",
    directory: "",
    world,
    rest: undefined,
    s3: undefined,
    project: undefined,
    urns: [],
  };
}

/** Runs `npm run state -- …`. */
export async function typed(
  scene: Scene,
  args: readonly string[],
): Promise<{ readonly well: boolean; readonly said: string }> {
  let said = "";
  const cloudflare = new Cloudflare({
    apiToken: "t".repeat(40),
    baseURL: scene.rest?.cloudflareUrl,
    logLevel: "off",
  });
  const none = (): Promise<never> => Promise.reject(new Error("Nothing asks for this here."));
  const world: StateWorld = {
    say: (text) => (said += `${text}\n`),
    confirm: () => Promise.resolve(undefined),
    now: () => new Date(),
    cwd: scene.project?.folder ?? scene.directory,
    pulumi: () => projectOf(scene).pulumi,
    url: undefined,
    account: () => Promise.resolve(undefined),
    cloudflare: () => Promise.resolve(cloudflare),
    bucket: () => Promise.resolve(r2Bucket(cloudflare, ADDRESS)),
    clouds: none,
    plan: none,
    cluster: none,
  };
  try {
    return { well: await runState(args, world), said };
  } catch (error) {
    return { well: false, said: said + (error instanceof Error ? error.message : String(error)) };
  }
}

/** A signature's form for an S3 that reads only the key's id. */
export const SIGNED = {
  authorization: "AWS4-HMAC-SHA256 Credential=key-of-the-drill/20261128/auto/s3/aws4_request",
  "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
};

/** Variables of an operator's shell. */
export function environmentOf(scene: Scene): Readonly<Record<string, string>> {
  const { url } = s3Of(scene);
  return {
    PULUMI_BACKEND_URL: `s3://${ADDRESS.bucket}?endpoint=${url}&region=auto&s3ForcePathStyle=true&disableSSL=true`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
    PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS: "true",
    AWS_ACCESS_KEY_ID: "key-of-the-drill",
    AWS_SECRET_ACCESS_KEY: randomBytes(24).toString("base64url"),
  };
}

/** The state file. @throws if there is none. */
export function bodyOf({ world }: Scene): Buffer {
  const object = world.r2.get(ADDRESS.bucket, STACKS);
  if (object === undefined) throw new Error("The bucket has no state file.");
  return object.body;
}

/** Replaces the state file. */
export function put({ world }: Scene, body: Buffer): void {
  world.r2.put(ADDRESS.bucket, STACKS, body);
}

/** @throws if it does not run yet. */
export function s3Of({ s3 }: Scene): S3Server {
  if (s3 === undefined) throw new Error("The drill asked for its S3 before it was started.");
  return s3;
}

/** @throws if it is not created yet. */
export function projectOf({ project }: Scene): StateProject {
  if (project === undefined) throw new Error("The drill asked for its stack before it was made.");
  return project;
}
