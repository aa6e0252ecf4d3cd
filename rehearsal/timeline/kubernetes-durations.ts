import {
  DEPLOYMENT_START,
  JOB_RUN,
  ROLLOUT_WAIT,
  type AssumedDuration,
} from "../../facts/durations.ts";
import type { StateResource } from "../engine/operation.ts";

/**
 * Real durations of objects inside the cluster. Those of the clouds are in their rows
 * (`rehearsal/clouds/`). These are assumptions: they are not published, and depend on image cache
 * and database size. Each use prints that they are assumed.
 */

const NOTHING: AssumedDuration = { seconds: 0, because: "one API call" };

const KINDS: Readonly<Record<string, AssumedDuration>> = {
  "kubernetes:apps/v1:Deployment": DEPLOYMENT_START,
  "kubernetes:batch/v1:Job": JOB_RUN,
};

/** The assumed real duration of creating this object; zero for a single API call. */
export function assumedSeconds({
  type,
  urn,
}: Pick<StateResource, "type" | "urn">): AssumedDuration {
  return urn.includes("mastodon:k8s:Rollout$") ? ROLLOUT_WAIT : (KINDS[type] ?? NOTHING);
}
