import { createHash } from "node:crypto";
import type { Properties } from "../provider.ts";
import { UNKNOWN } from "../values.ts";

/** Marks a name that Pulumi made (pulumi-kubernetes `provider/pkg/metadata/annotations.go`). */
const AUTONAMED = "pulumi.com/autonamed";

/** Metadata as the inputs have it. */
export type Metadata = Readonly<Record<string, unknown>>;

/** The `metadata` of an object, empty where it has none. */
export function metadataOf(object: Properties | undefined): Metadata {
  const metadata = object?.["metadata"];
  return metadata !== null && typeof metadata === "object" ? (metadata as Metadata) : {};
}

/** Whether Pulumi made the name. An object whose name was given can't exist twice, so it is deleted before its successor is made. */
export function isAutonamed(object: Properties): boolean {
  const annotations = metadataOf(object)["annotations"];
  return (
    annotations !== null &&
    typeof annotations === "object" &&
    (annotations as Record<string, unknown>)[AUTONAMED] === "true"
  );
}

/**
 * The inputs with a name: the given one, the one that the old object was given by Pulumi, or a new one, `<logical
 * name>-<8 hex digits>` from the engine's seed, so that a preview and its update agree.
 */
export function withName(
  logicalName: string,
  olds: Properties | undefined,
  news: Properties,
  seed: Uint8Array,
): Properties {
  const metadata = metadataOf(news);
  const given = metadata["name"];
  if (given === UNKNOWN || (typeof given === "string" && given !== "")) return news;
  if (metadata["generateName"] !== undefined)
    throw new Error(
      `${logicalName} has metadata.generateName, which no object of this stack uses: give metadata.name, or leave both out for a name made by Pulumi.`,
    );
  const old = olds !== undefined && isAutonamed(olds) ? metadataOf(olds)["name"] : undefined;
  const suffix = createHash("sha256").update(seed).digest("hex").slice(0, 8);
  const annotations = (metadata["annotations"] ?? {}) as Record<string, unknown>;
  return {
    ...news,
    metadata: {
      ...metadata,
      annotations: { ...annotations, [AUTONAMED]: "true" },
      name: old ?? `${logicalName.toLowerCase()}-${suffix}`,
    },
  };
}
