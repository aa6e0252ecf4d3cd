import { expect, test } from "vitest";
import { BUILD_FLAGS } from "../../build/recipe.ts";
import { craneRecipe } from "../../images/registry.ts";
import { RECIPES } from "../../machine/find-parts.ts";

test("no DWARF is compiled, for no linker keeps any: it would cost a sixth of a cold build for nothing", async () => {
  expect(BUILD_FLAGS).toContain("-gcflags=all=-dwarf=false");
  const recipes = await Promise.all(Object.values(RECIPES).map((recipe) => recipe()));
  expect(recipes.length).toBeGreaterThan(5);
  for (const { name, ldflags } of [...recipes, craneRecipe()])
    expect(ldflags, name).toEqual(expect.arrayContaining(["-s", "-w"]));
});
