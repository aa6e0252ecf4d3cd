import type * as pulumi from "@pulumi/pulumi";
import { lifeAfter, type Life } from "../domain/data-life.ts";
import { imagesOf } from "../domain/images.ts";
import type { Verdict } from "../domain/look/answer.ts";
import { FIRST_RELEASE, type Release } from "../domain/release.ts";
import { runningAs, type Running } from "../domain/deployed-state.ts";
import type { StackConfig } from "../config/schema.ts";
import type { StackSecrets } from "../config/secret-keys/values.ts";
import { foundation } from "./foundation.ts";
import { publish } from "./publish.ts";
import { resolve } from "./resolved.ts";
import { server } from "./server.ts";

/** Values that a person or another program may want to know of a running stack. Holds no secret. */
export type StackOutputs = {
  /** Address of the server. */
  readonly url: string;
  readonly streamingUrl: string;
  readonly assetsUrl: string;
  /** The database's host inside the VPC. */
  readonly databaseHost: pulumi.Output<string>;
  /**
   * Facts that the next update is compared with (`domain/deployed-state.ts`). Known once the
   * release is through; an update that failed leaves those before.
   */
  readonly running: pulumi.Output<Running>;
};

/**
 * The whole server, in three steps by time. Registers every resource and answers the stack's
 * outputs; has no other effect, so a plan of it can be made as often as one likes.
 * @param life whether an empty database is right; without one, that of a stack that begins.
 * @param seen what a look at the clouds said (`stack/look.ts`); without one, what is written is
 * taken as it stands.
 */
export function createStack(
  config: StackConfig,
  secrets: StackSecrets,
  release: Release = FIRST_RELEASE,
  seen: Pick<Verdict, "kubernetesVersion"> = { kubernetesVersion: config.cluster.version },
  life: Life = lifeAfter(undefined, config, imagesOf(config, release.images).mastodon, new Date()),
): StackOutputs {
  const { kubernetesVersion } = seen;
  const resolved = resolve({ config, secrets, release, life, kubernetesVersion });
  const base = foundation(resolved);
  const made = server(resolved, base);
  publish(resolved, base, made);
  const { hosts } = resolved;
  return {
    url: `https://${hosts.web}`,
    streamingUrl: `wss://${hosts.streaming}`,
    assetsUrl: `https://${hosts.assets}`,
    databaseHost: base.postgres.host,
    // The last step's id is there when it is done.
    running: made.migrated.job.id.apply(() => runningAs(config, release, life.data)),
  };
}
