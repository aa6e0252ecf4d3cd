import { partsOf, type ImageParts } from "../../domain/images.ts";
import type { SideView } from "../../policy/views.ts";
import type { Change } from "./change.ts";

/** Images that change, as the pods of both sides have them. */

/** One image that changes, and who runs it. */
export interface ImageChange {
  readonly before: ImageParts | undefined;
  readonly after: ImageParts;
  /** Logical names of the resources with this change. */
  readonly users: readonly string[];
}

/** Every changed image once. */
export function imagesIn(changes: readonly Change[]): readonly ImageChange[] {
  const found = new Map<string, ImageChange>();
  for (const { name, kind, old, new: wanted } of changes) {
    if (kind !== "update" && kind !== "replace") continue;
    const olds = imagesOf(old);
    for (const [container, image] of imagesOf(wanted)) {
      const before = olds.get(container);
      if (before === undefined || before === image) continue;
      const key = `${before} ${image}`;
      const known = found.get(key);
      const [one, other] = [read(before), read(image)];
      if (other !== undefined)
        found.set(key, {
          before: one,
          after: other,
          users: [...(known?.users ?? []), name],
        });
    }
  }
  return [...found.values()];
}

interface Container {
  readonly name?: unknown;
  readonly image?: unknown;
}

/** Images of the long-running containers of a Deployment, Job or CronJob, by container. */
function imagesOf(side: SideView | undefined): ReadonlyMap<string, string> {
  const spec = side?.inputs["spec"] as
    | {
        readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
        readonly jobTemplate?: {
          readonly spec?: {
            readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
          };
        };
      }
    | undefined;
  const containers =
    spec?.template?.spec?.containers ?? spec?.jobTemplate?.spec?.template?.spec?.containers ?? [];
  return new Map(
    containers.flatMap(({ name, image }) =>
      typeof name === "string" && typeof image === "string" ? [[name, image] as const] : [],
    ),
  );
}

function read(image: string): ImageParts | undefined {
  try {
    return partsOf(image);
  } catch {
    return undefined;
  }
}
