import { IMAGES } from "../../../config/images.ts";
import { partsOf } from "../../../domain/images.ts";
import { MASTODON_VERSION } from "../../../domain/rehearsed.ts";
import { podsOf } from "../../stack/views.ts";
import { type Danger } from "./view.ts";

/** Dangers in the versions of running code. */
export const RELEASE = [
  {
    key: "two-releases",
    name: "one release's code on another's schema: a Job or a streaming server that an upgrade forgot",
    faults: (plan) =>
      podsOf(plan).flatMap(({ name, containers }) =>
        containers.flatMap((container) => {
          const { repository, tag } = partsOf(container.image);
          const isMastodon = [IMAGES.mastodon, IMAGES.streaming].some(
            (image) => partsOf(image).repository === repository,
          );
          // This container copies the static files of the previous release.
          const mayDiffer = container.name === "copy-previous";
          return !isMastodon || mayDiffer || tag === MASTODON_VERSION
            ? []
            : [`${name}/${container.name} is ${tag}`];
        }),
      ),
  },
  {
    key: "migrating-server",
    name: "a server that changes the schema while it starts: the probe ends it in the middle, and each replica tries",
    faults: (plan) =>
      podsOf(plan)
        .filter(({ kind }) => kind !== "Job")
        .flatMap(({ name, containers }) =>
          containers
            .filter(({ command = [], args = [] }) =>
              [...command, ...args].some((word) => /\bdb:(?!version)|\bmigrate\b/u.test(word)),
            )
            .map((container) => `${name}/${container.name}`),
        ),
  },
] as const satisfies readonly Danger[];
