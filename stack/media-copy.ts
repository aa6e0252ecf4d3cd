import { mediaCopyOf } from "../domain/media-copy.ts";
import { MediaCopy } from "../k8s/media-copy.ts";
import type { Foundation } from "./foundation.ts";
import type { Inside } from "./inside.ts";
import type { Resolved } from "./resolved.ts";

/** Creates the nightly copy of media, if `media.standby.copy` asks for it. */
export function deployMediaCopy(
  { config, images }: Resolved,
  { media }: Pick<Foundation, "media">,
  { namespace, inside, guards }: Pick<Inside, "namespace" | "inside" | "guards">,
): void {
  const copied = mediaCopyOf(config);
  if (copied === undefined) return;
  const { source, standby } = copied;
  const [from, to] = [media.keys[source.store], media.keys[standby.store]];
  if (from === undefined || to === undefined) return;
  new MediaCopy(
    "media-copy",
    {
      namespace,
      image: images.rclone,
      source: { plan: source, key: from },
      standby: { plan: standby, key: to },
    },
    { ...inside, dependsOn: [...guards] },
  );
}
