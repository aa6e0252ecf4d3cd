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

/** Values of a running stack for operators and other programs. They contain no secret. */
export type StackOutputs = {
  /** URL of the server. */
  readonly url: string;
  readonly streamingUrl: string;
  readonly assetsUrl: string;
  /** The database's host inside the VPC. */
  readonly databaseHost: pulumi.Output<string>;
  /**
   * Facts with which the next update is compared (`domain/deployed-state.ts`). They resolve once
   * the release is complete; a failed update leaves the earlier ones.
   */
  readonly running: pulumi.Output<Running>;
};

/**
 * The whole server, in three steps by time. Registers every resource and returns the stack's
 * outputs. It has no other effect, so it can be planned any number of times.
 * @param life whether the database may be empty; default: that of a new stack.
 * @param seen result of a look at the clouds (`stack/look.ts`); default: the configuration's
 * values.
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
    // The last step's id resolves when it is complete.
    running: made.migrated.job.id.apply(() => runningAs(config, release, life.data)),
  };
}
