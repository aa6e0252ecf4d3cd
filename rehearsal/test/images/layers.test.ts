import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { IMAGES } from "../../../config/images.ts";
import { recipeOf } from "../../images/catalogue.ts";
import { writeLayer } from "../../images/layers.ts";
import { imageArchive } from "../../images/store.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

function folderWith(names: readonly string[], text: string, mode: number): string {
  const folder = temporaryFolder("layer");
  mkdirSync(join(folder, "usr"), { mode });
  for (const name of names) {
    writeFileSync(join(folder, "usr", name), text, { mode });
    chmodSync(join(folder, "usr", name), mode);
  }
  symlinkSync("a", join(folder, "usr", "link"));
  utimesSync(join(folder, "usr"), names.length, mode);
  return folder;
}

it("makes the same layer of the same content, whatever its times, its order and our umask", async () => {
  const file = join(temporaryFolder("layer"), "layer.tar");
  const layer = await writeLayer(folderWith(["a", "b"], "text", 0o755), file);
  expect(layer.digest).toMatch(/^sha256:[0-9a-f]{64}$/u);
  expect(await writeLayer(folderWith(["b", "a"], "text", 0o755), file)).toEqual(layer);
  const closed = folderWith(["a", "b"], "text", 0o755);
  chmodSync(join(closed, "usr"), 0o711);
  expect(await writeLayer(closed, file)).toEqual(layer);
  const other = await writeLayer(folderWith(["a", "b"], "other", 0o755), file);
  expect(other.digest).not.toBe(layer.digest);
});

it("has a recipe for every image of a plan, and says which there are for any other", async () => {
  for (const image of Object.values(IMAGES)) expect(recipeOf(image).config).toBeDefined();
  await expect(imageArchive(["registry.example/other:1"])).rejects.toThrow(
    /registry\.example\/other:1.*mastodon-streaming/su,
  );
  await expect(imageArchive([IMAGES.metricsServer])).rejects.toThrow(/metrics-server.*handed in/su);
});
