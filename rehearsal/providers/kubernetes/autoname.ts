import { createHash } from "node:crypto";
import type { Properties } from "../provider.ts";
import { Secret, UNKNOWN } from "../values.ts";

/** Marks a name that Pulumi made (pulumi-kubernetes `provider/pkg/metadata/annotations.go`). */
const AUTONAMED = "pulumi.com/autonamed";

/** Metadata as the inputs have it. */
export type Metadata = Readonly<Record<string, unknown>>;

/** The `metadata` of an object, empty where it has none; also where all of it is a secret. */
export function metadataOf(object: Properties | undefined): Metadata {
  const metadata = opened(object?.["metadata"]);
  return metadata !== null && typeof metadata === "object" ? (metadata as Metadata) : {};
}

/** Its annotations, in the same way. */
export function annotationsOf(object: Properties | undefined): Metadata {
  const annotations = opened(metadataOf(object)["annotations"]);
  return annotations !== null && typeof annotations === "object" ? (annotations as Metadata) : {};
}

/** The object with these fields in its `metadata`, which stays the secret that it was; or unknown, if it is that as a whole. */
export function withMetadata(object: Properties, fields: Metadata): Properties {
  if (opened(object["metadata"]) === UNKNOWN) return object;
  const metadata = { ...metadataOf(object), ...fields };
  return {
    ...object,
    metadata: object["metadata"] instanceof Secret ? new Secret(metadata) : metadata,
  };
}

function opened(value: unknown): unknown {
  return value instanceof Secret ? opened(value.reveal()) : value;
}

/** Whether Pulumi made the name. An object whose name was given can't exist twice, so it is deleted before its successor is made. */
export function isAutonamed(object: Properties): boolean {
  return annotationsOf(object)[AUTONAMED] === "true";
}

/**
 * The inputs with a name: the given one, the one that the old object was given by Pulumi, or a new one, `<logical
 * name>-<8 hex digits>` from the engine's seed, so that a preview and its update agree. The logical name goes in as it is: one in
 * upper case is refused by the API server here, as in production (pulumi-kubernetes `provider/pkg/metadata/naming.go`).
 */
export function withName(
  logicalName: string,
  olds: Properties | undefined,
  news: Properties,
  seed: Uint8Array,
): Properties {
  const metadata = metadataOf(news);
  const given = opened(metadata["name"]);
  if (given === UNKNOWN || (typeof given === "string" && given !== "")) return news;
  if (metadata["generateName"] !== undefined)
    throw new Error(
      `${logicalName} has metadata.generateName, which no object of this stack uses: give metadata.name, or leave both out for a name made by Pulumi.`,
    );
  const old = olds !== undefined && isAutonamed(olds) ? metadataOf(olds)["name"] : undefined;
  const suffix = createHash("sha256").update(seed).digest("hex").slice(0, 8);
  const annotations = { ...annotationsOf(news), [AUTONAMED]: "true" };
  return withMetadata(news, {
    annotations: metadata["annotations"] instanceof Secret ? new Secret(annotations) : annotations,
    name: old ?? `${logicalName}-${suffix}`,
  });
}
