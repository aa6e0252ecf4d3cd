import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requiredVersion } from "../../build/recipe.ts";
import { engineRecipe, pulumiVersion } from "../../engine/engine-recipe.ts";
import { PROVIDER_MODULE } from "../../engine/kubernetes-plugin.ts";
import { controlPlaneRecipe } from "../../kubernetes/binary.ts";
import { nodeRecipe } from "../../node/binary.ts";
import { IMAGES } from "../../../config/images.ts";
import { partsOf } from "../../../domain/images.ts";
import { craneRecipe } from "../../images/registry.ts";
import { clusterProgramRecipe } from "../../node/programs.ts";
import { NOT_PROVEN } from "../../result.ts";

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

  it("kubelet and kube-proxy are of the control plane's, and all of one release", async () => {
    const [ours, theirs] = await Promise.all(
      [await nodeRecipe(), await controlPlaneRecipe()].map(({ directory }) =>
        read(directory, "go.mod"),
      ),
    );
    const version = requiredVersion(ours ?? "", "k8s.io/kubernetes");
    expect(version).toBe(requiredVersion(theirs ?? "", "k8s.io/kubernetes"));
    const replaced = [...(ours ?? "").matchAll(/^\t(k8s\.io\/\S+) => \1 (v\S+)$/gm)];
    expect(new Set(replaced.map(([, , each]) => each))).toEqual(
      new Set([version.replace(/^v1\./, "v0.")]),
    );
  });

  it("the API server reports the version of its module", async () => {
    const { directory, ldflags } = await controlPlaneRecipe();
    const version = requiredVersion(await read(directory, "go.mod"), "k8s.io/kubernetes");
    expect(ldflags).toContain(`k8s.io/component-base/version.gitVersion=${version}`);
  });
});

describe("the programs of a real node's cluster", () => {
  it.each(["coredns", "kube-router"] as const)(
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

/** The one replacement by a folder. It is a part of the recipe, and of its hash. */
const STUB = "github.com/pulumi/pulumi-kubernetes/sdk/v4 => ./sdk\n";

describe("what no rehearsal proves is said of the provider that is built", () => {
  it("by the day of its source", async () => {
    const { directory } = await controlPlaneRecipe();
    const version = requiredVersion(await read(directory, "go.mod"), PROVIDER_MODULE);
    const [, year, month, day] = /-(\d{4})(\d\d)(\d\d)\d{6}-/.exec(version) ?? [];
    const source = `public source of ${year}-${month}-${day}`;
    expect(NOT_PROVEN.join("\n")).toContain(source);
    expect(await readFile("docs/rehearsal.md", "utf8")).toContain(source);
  });

  it("and by the version that production runs", async () => {
    const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    expect(await readFile("docs/rehearsal.md", "utf8")).toContain(
      `Production runs ${dependencies["@pulumi/kubernetes"]}.`,
    );
  });
});

describe("a build uses no code whose content isn't pinned", () => {
  it.each([
    ["github.com/pulumi/pulumi/pkg/v3", async () => engineRecipe(await pulumiVersion())],
    ["k8s.io/kubernetes", controlPlaneRecipe],
    ["k8s.io/kubernetes", nodeRecipe],
    ["github.com/coredns/coredns", () => clusterProgramRecipe("coredns")],
    ["github.com/cloudnativelabs/kube-router/v2", () => clusterProgramRecipe("kube-router")],
    ["sigs.k8s.io/metrics-server", () => clusterProgramRecipe("metrics-server")],
    ["github.com/google/go-containerregistry", craneRecipe],
    [PROVIDER_MODULE, controlPlaneRecipe],
  ] as const)(
    "%s has its checksum in go.sum, and nothing comes from a path outside the recipe",
    async (module, recipe) => {
      const { directory } = await recipe();
      const [goMod, goSum] = await Promise.all([
        read(directory, "go.mod"),
        read(directory, "go.sum"),
      ]);
      const replaced = goMod.replace(/\/\/.*$/gm, "").replace(STUB, "");
      expect(replaced).not.toMatch(/=>\s*[./]/);
      expect(goSum).toContain(`${module} ${requiredVersion(goMod, module)} h1:`);
    },
  );
});
