import type { ResourceRow } from "./rows.ts";
import type { CloudObject } from "./cloud-object.ts";
import type { World } from "./world.ts";

/** The id by which an object is imported; undefined where its type has no importer. */
export function importIdOf(row: ResourceRow, object: CloudObject): string | undefined {
  return row.importId?.replaceAll(/\{(\w+)\}/gu, (_, key: string) =>
    key === "id" ? object.id : String(object.properties[key]),
  );
}

/**
 * The object that an import asks for; undefined where none has this id.
 * @throws in the real plugins' words where the type has no importer.
 */
export function importedObject(
  row: ResourceRow,
  id: string,
  world: World,
): CloudObject | undefined {
  if (row.importId === null)
    throw new Error(
      `Resource Import Not Implemented: the provider can't import ${row.type}. Let the program create it anew.`,
    );
  return world.find(row.type).find((object) => importIdOf(row, object) === id);
}
