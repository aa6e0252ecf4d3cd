import type { StateResource } from "../engine/operation.ts";

/**
 * Real durations of objects inside the cluster. Those of the clouds are in their rows
 * (`rehearsal/clouds/`). These are assumptions: they are not published, and depend on image cache
 * and database size. Each use prints that they are assumed.
 */

/** A duration that is not published. */
export interface AssumedDuration {
  readonly seconds: number;
  readonly because: string;
}

const NOTHING: AssumedDuration = { seconds: 0, because: "one API call" };

const KINDS: Readonly<Record<string, AssumedDuration>> = {
  "kubernetes:apps/v1:Deployment": {
    seconds: 60,
    because: "a first image pull on a new node (some 500 MB) and a boot of Rails",
  },
  "kubernetes:batch/v1:Job": {
    seconds: 45,
    because: "a first image pull on a new node and a boot of Rails; migrations come on top",
  },
};

/** Steps that wait for Deployments, whose own duration is above. */
const ROLLOUT: AssumedDuration = {
  seconds: 10,
  because:
    "a pod of an image that is there, and a look every two seconds; old pods' ends come on top",
};

/** The assumed real duration of creating this object; zero for a single API call. */
export function assumedSeconds({
  type,
  urn,
}: Pick<StateResource, "type" | "urn">): AssumedDuration {
  return urn.includes("mastodon:k8s:Rollout$") ? ROLLOUT : (KINDS[type] ?? NOTHING);
}
