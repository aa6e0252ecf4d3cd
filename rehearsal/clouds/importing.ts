import type { ResourceRow } from "./rows.ts";
import type { CloudObject } from "./cloud-object.ts";
import type { World } from "./world.ts";

/** The id with which an object is imported; undefined if its type has no importer. */
export function importIdOf(row: ResourceRow, object: CloudObject): string | undefined {
  return row.importId?.replaceAll(/\{(\w+)\}/gu, (_, key: string) =>
    key === "id" ? object.id : String(object.properties[key]),
  );
}

/**
 * The object of an import id; undefined if no object has it.
 * @throws with the real plugins' message if the type has no importer.
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
