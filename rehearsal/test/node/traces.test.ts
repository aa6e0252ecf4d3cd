import { describe, expect, it } from "vitest";
import { inhabitants, kernelClock, leftOf, processesIn } from "../../node/traces.ts";

const nothing = { mounts: [], cgroups: [], settings: [], links: [], files: [] };

describe("what a run leaves is seen, whatever it is", () => {
  it.each(["mounts", "cgroups", "settings", "links", "files"] as const)("%s", (kind) => {
    const after = { ...nothing, [kind]: ["old", "new"] };
    expect(leftOf({ ...nothing, [kind]: ["old"] }, after, 1)[kind]).toEqual(["new"]);
  });

  it("its own folder, and not that of another run beside it", () => {
    const files = ["/tmp/mastodon-rehearsal-11-a", "/tmp/mastodon-rehearsal-12-b"];
    expect(leftOf(nothing, { ...nothing, files }, 11).files).toEqual([files[0]]);
  });

  it("a process in a namespace that it was in, but not one that was given its number later", () => {
    const { namespaces } = inhabitants("no such tree");
    expect(namespaces.size).toBe(0);
    expect(processesIn(new Set(["mnt:[1]"]), kernelClock())).toEqual([]);
  });
});
