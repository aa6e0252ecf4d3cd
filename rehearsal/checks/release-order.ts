import type { V1Pod } from "@kubernetes/client-node";
import { IMAGES } from "../../config/images.ts";
import { partsOf } from "../../domain/images.ts";
import { checkOf, type Check } from "./check.ts";

/** The step of a release that drops what an older version still reads. */
const LAST_STEP = "migrate-post-deployment";

const OF_MASTODON: readonly string[] = [IMAGES.mastodon, IMAGES.streaming].map(
  (image) => `${partsOf(image).repository}:`,
);

/**
 * Watches pods for the order of a release. When a pod of its last step is created, no pod of
 * another version of Mastodon may exist. A pod that is being deleted exists until it is gone.
 */
export class ReleaseOrder {
  readonly #breaches: string[] = [];
  #steps = 0;

  /** Receives a new pod, and all pods that existed when it was created. */
  begin(pod: V1Pod, others: Iterable<V1Pod>): void {
    if (pod.metadata?.labels?.["app.kubernetes.io/component"] !== LAST_STEP) return;
    this.#steps += 1;
    const [version] = versionsOf(pod);
    for (const other of others) {
      const older = versionsOf(other).filter((each) => each !== version);
      if (older.length > 0 && isAlive(other))
        this.#breaches.push(
          `when ${pod.metadata.name} of ${version} was made, ${other.metadata?.name} of ${older.join()} was alive`,
        );
    }
  }

  /** Result of the observations so far. */
  check(): Check {
    return checkOf(
      "when a pod of the post-deployment migration was made, no pod of another version was alive",
      this.#steps === 0 ? ["no such pod was made"] : this.#breaches,
      `${this.#steps} times`,
    );
  }
}

/** The tags of Mastodon's images in a pod's containers. */
function versionsOf({ spec }: V1Pod): readonly string[] {
  return (spec?.containers ?? [])
    .map(({ image = "" }) => image)
    .filter((image) => OF_MASTODON.some((start) => image.startsWith(start)))
    .map((image) => partsOf(image).tag);
}

function isAlive({ status }: V1Pod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}
