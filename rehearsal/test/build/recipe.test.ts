import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recipeHash, requiredGo, requiredVersion, type GoRecipe } from "../../build/recipe.ts";

const TOOLCHAIN = "go1.26.8 linux amd64";

describe("a changed recipe is never served from the cache", () => {
  let recipe: GoRecipe;
  let before: string;

  beforeEach(async () => {
    const directory = await mkdtemp(join(tmpdir(), "recipe-"));
    await writeFile(join(directory, "go.mod"), "module a\n");
    await writeFile(join(directory, "go.sum"), "sums\n");
    await writeFile(join(directory, "main.go"), "package main\n");
    recipe = { name: "program", directory, package: ".", ldflags: ["-s"] };
    before = await recipeHash(recipe, TOOLCHAIN);
  });
  afterEach(() => rm(recipe.directory, { recursive: true }));

  it("and an unchanged one has the same hash, wherever its checkout is", async () => {
    const elsewhere = `${recipe.directory}-elsewhere`;
    await rename(recipe.directory, elsewhere);
    recipe = { ...recipe, directory: elsewhere };
    expect(await recipeHash(recipe, TOOLCHAIN)).toBe(before);
  });

  it.each(["go.mod", "go.sum", "main.go"])("by the content of %s", async (file) => {
    await writeFile(join(recipe.directory, file), "other\n");
    expect(await recipeHash(recipe, TOOLCHAIN)).not.toBe(before);
  });

  it("by a new file, in a folder too", async () => {
    await mkdir(join(recipe.directory, "inner"));
    await writeFile(join(recipe.directory, "inner/new.go"), "");
    expect(await recipeHash(recipe, TOOLCHAIN)).not.toBe(before);
  });

  it("by a file's name", async () => {
    await rename(join(recipe.directory, "main.go"), join(recipe.directory, "main_linux.go"));
    expect(await recipeHash(recipe, TOOLCHAIN)).not.toBe(before);
  });

  it("by a line that moves from one file into the next", async () => {
    await writeFile(join(recipe.directory, "go.mod"), "module a\nsums\n");
    await writeFile(join(recipe.directory, "go.sum"), "");
    expect(await recipeHash(recipe, TOOLCHAIN)).not.toBe(before);
  });

  it.each([
    ["another linker flag", { ldflags: ["-s", "-w"] }],
    ["another package", { package: "./other" }],
    ["another environment", { env: { GOAMD64: "v3" } }],
  ] as const)("by %s", async (_what, change) => {
    expect(await recipeHash({ ...recipe, ...change }, TOOLCHAIN)).not.toBe(before);
  });

  it("by another Go", async () => {
    expect(await recipeHash(recipe, "go1.26.9 linux amd64")).not.toBe(before);
  });
});

describe("what go.mod says is read, not guessed", () => {
  const goMod = `module a

go 1.26.0

require example.com/alone v0.1.0

require (
	example.com/grouped v1.2.3 // indirect
	example.com/grouped/v2 v2.0.0
)

replace example.com/alone => example.com/other v9.9.9
`;
  it.each([
    ["example.com/alone", "v0.1.0"],
    ["example.com/grouped", "v1.2.3"],
    ["example.com/grouped/v2", "v2.0.0"],
  ])("%s is %s", (module, version) => {
    expect(requiredVersion(goMod, module)).toBe(version);
  });

  it("a module that is only replaced, or absent, is an error", () => {
    expect(() => requiredVersion(goMod, "example.com/other")).toThrow(/requires no version of/);
  });

  it("the oldest Go is the go line", () => {
    expect(requiredGo(goMod)).toBe("1.26.0");
  });
});
