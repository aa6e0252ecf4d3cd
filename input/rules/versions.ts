import { IMAGES, type Images } from "../../config/images.ts";
import { versionOf } from "../../domain/images.ts";
import type { RuleFault } from "./rule.ts";
import type { StackConfig } from "../../config/schema.ts";
import { minorOf } from "../../facts/minor-of.ts";
import { combinationFor, unrehearsedWords } from "../../domain/rehearsed.ts";

/**
 * Faults of a configuration that deploys a version which was not rehearsed: Mastodon's minor, and
 * Kubernetes' minor with it.
 * @param images of the deployed release; default: the committed ones.
 */
export function versionFaults(
  { cluster, fork }: Pick<StackConfig, "cluster" | "fork">,
  images: Images = IMAGES,
): readonly RuleFault[] {
  const mastodon = versionOf({ fork }, images);
  const says = unrehearsedWords(mastodon);
  // The message begins with its source: a fork's key, or else the file of the images.
  if (says !== undefined)
    return [
      fork === undefined ? { file: "config/images.ts", says } : { key: "fork.release", says },
    ];
  const { kubernetes } = combinationFor(mastodon);
  return kubernetes.includes(minorOf(cluster.version))
    ? []
    : [
        {
          code: "kubernetes-not-rehearsed",
          key: "cluster.version",
          says: `Kubernetes ${minorOf(cluster.version)} was never rehearsed with Mastodon ${minorOf(mastodon)}; ${kubernetes.join(", ")} was`,
          cures: [
            {
              set: { "cluster.version": kubernetes.at(-1) ?? "" },
              note: "of which the newest patch is taken",
            },
          ],
        },
      ];
}
