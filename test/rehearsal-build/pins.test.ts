import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requiredVersion } from "../../rehearsal/build/recipe.ts";
import { engineRecipe, pulumiVersion } from "../../rehearsal/engine/recipe.ts";
import { controlPlaneRecipe } from "../../rehearsal/kubernetes/binary.ts";
import { IMAGES, partsOf } from "../../config/images.ts";
import { clusterProgramRecipe } from "../../rehearsal/node/programs.ts";

const read = (directory: string, file: string) => readFile(join(directory, file), "utf8");

describe("an engine of another version than the SDK is never built", () => {
  it("go.mod requires what package.json pins", async () => {
    const version = await pulumiVersion();
    const recipe = await engineRecipe(version);
    expect(recipe.ldflags.at(-1)).toMatch(new RegExp(`version\\.Version=v${version}$`));
  });

  it("and a disagreement is refused, with the command that ends it", async () => {
    await expect(engineRecipe("3.1.4")).rejects.toThrow(
      /pins @pulumi\/pulumi 3\.1\.4, but .*go\.mod requires .* v3\.\d+\.\d+.*go get .*@v3\.1\.4/s,
    );
  });
});

describe("Kubernetes' modules are of one release", () => {
  it("each k8s.io module is replaced by the one of Kubernetes' own number, but for the two that kwok needs newer", async () => {
    const { directory } = await controlPlaneRecipe();
    const goMod = await read(directory, "go.mod");
    const staging = requiredVersion(goMod, "k8s.io/kubernetes").replace(/^v1\./, "v0.");
    const replaced = [...goMod.matchAll(/^\t(k8s\.io\/\S+) => \1 (v\S+)$/gm)];
    expect(replaced.length).toBeGreaterThan(25);
    const others = replaced.filter(([, , version]) => version !== staging).map(([, path]) => path);
    expect(others).toEqual(["k8s.io/cri-api", "k8s.io/cri-client"]);
  });

  it("the API server reports the version of its module", async () => {
    const { directory, ldflags } = await controlPlaneRecipe();
    const version = requiredVersion(await read(directory, "go.mod"), "k8s.io/kubernetes");
    expect(ldflags).toContain(`k8s.io/component-base/version.gitVersion=${version}`);
  });
});

describe("the programs of a real node's cluster", () => {
  it.each(["coredns", "kube-router", "metrics-server"] as const)(
    "%s takes Kubernetes' libraries as the control plane does, or a cold build compiles them twice",
    async (name) => {
      const ours = await read(clusterProgramRecipe(name).directory, "go.mod");
      const theirs = await read((await controlPlaneRecipe()).directory, "go.mod");
      for (const library of ["k8s.io/api", "k8s.io/apimachinery", "k8s.io/client-go"]) {
        expect(requiredVersion(ours, library)).toBe(requiredVersion(theirs, library));
        const replaced = new RegExp(`^\\t${library} => ${library} \\S+$`, "mu");
        expect(replaced.exec(ours)?.[0]).toBe(replaced.exec(theirs)?.[0]);
      }
    },
  );

  it("metrics-server is of the minor that the stack's image is", async () => {
    const { directory, module } = clusterProgramRecipe("metrics-server");
    const built = requiredVersion(await read(directory, "go.mod"), module);
    const minor = (version: string) => version.split(".").slice(0, 2);
    expect(minor(built)).toEqual(minor(partsOf(IMAGES.metricsServer).tag));
  });
});

describe("a build uses no code whose content isn't pinned", () => {
  it.each([
    ["github.com/pulumi/pulumi/pkg/v3", async () => engineRecipe(await pulumiVersion())],
    ["k8s.io/kubernetes", controlPlaneRecipe],
    ["github.com/coredns/coredns", () => clusterProgramRecipe("coredns")],
    ["github.com/cloudnativelabs/kube-router/v2", () => clusterProgramRecipe("kube-router")],
    ["sigs.k8s.io/metrics-server", () => clusterProgramRecipe("metrics-server")],
  ] as const)(
    "%s has its checksum in go.sum, and nothing comes from a local path",
    async (module, recipe) => {
      const { directory } = await recipe();
      const [goMod, goSum] = await Promise.all([
        read(directory, "go.mod"),
        read(directory, "go.sum"),
      ]);
      expect(goMod.replace(/\/\/.*$/gm, "")).not.toMatch(/=>\s*[./]/);
      expect(goSum).toContain(`${module} ${requiredVersion(goMod, module)} h1:`);
    },
  );
});
