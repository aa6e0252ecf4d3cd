import type { StateResource } from "../engine/operation.ts";

/**
 * How long objects inside the cluster take for real. The clouds' own durations stand with their
 * rows (`rehearsal/clouds/`); these are assumptions: nobody publishes them, and they depend on
 * image cache and database size. They are printed as assumptions wherever they are used.
 */

/** A duration nobody has published. */
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

/** The steps that wait for Deployments, whose own time stands above. */
const ROLLOUT: AssumedDuration = {
  seconds: 10,
  because:
    "a pod of an image that is there, and a look every two seconds; old pods' ends come on top",
};

/** The assumed real duration of creating this object; zero for what is one API call. */
export function assumedSeconds({
  type,
  urn,
}: Pick<StateResource, "type" | "urn">): AssumedDuration {
  return urn.includes("mastodon:k8s:Rollout$") ? ROLLOUT : (KINDS[type] ?? NOTHING);
}
