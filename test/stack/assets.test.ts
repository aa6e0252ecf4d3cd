import { expect, test } from "vitest";
import { planStack } from "../../rehearsal/plan/plan-stack.ts";
import { readStackFile } from "../../rehearsal/plan/stack-file.ts";
import { theResource } from "./views.ts";

const plan = await planStack();
const { inputs } = theResource(plan, "kubernetes:core/v1:ConfigMap", "assets-nginx");
const nginx = (inputs["data"] as Record<string, string>)["nginx.conf"] ?? "";
/** The one location that says "immutable", as nginx reads it (PCRE; nothing in it that JavaScript reads otherwise). */
const immutable = new RegExp(
  /location ~ "(?<pattern>[^"]+)"/u.exec(nginx)?.groups?.["pattern"] ?? "^never$",
);

test.each([
  ["/packs/application-0a1b2c3d.js", true],
  ["/packs/assets/inter-CWi-zmRD.woff2", true],
  ["/packs/intl/de-Bx1.js", true],
  ["/assets/500.html", false],
  ["/assets/logo-0a1b2c3d4e.svg", true],
  ["/packs/sw.js", false],
  ["/packs/sw.js.map", false],
  ["/packs/.vite/manifest.json", false],
  ["/emoji/1f600.svg", false],
  ["/embed.js", false],
])("%s may be kept for a year: %s", (path, expected) => {
  expect(immutable.test(path)).toBe(expected);
});

test("the cache rule covers the hashed files of the assets host alone, and leaves how long to the origin", () => {
  const rules = theResource(plan, "cloudflare:index/ruleset:Ruleset", "edge-cache").inputs["rules"];
  expect(rules).toEqual([
    expect.objectContaining({
      ref: "hashed_assets",
      expression:
        '(http.host eq "assets.example.social" and (starts_with(http.request.uri.path, "/packs/") or starts_with(http.request.uri.path, "/assets/")) and not starts_with(http.request.uri.path, "/packs/sw.js") and not starts_with(http.request.uri.path, "/packs/.vite/"))',
      actionParameters: {
        cache: true,
        edgeTtl: { mode: "respect_origin" },
        browserTtl: { mode: "respect_origin" },
      },
    }),
  ]);
});

/** The pods' init containers, name to image. */
async function copies(previousVersion?: string): Promise<unknown> {
  const upgraded = await planStack({
    ...readStackFile(),
    ...(previousVersion === undefined ? {} : { previousVersion }),
  });
  const assets = theResource(upgraded, "kubernetes:apps/v1:Deployment", "assets").inputs;
  const { template } = assets["spec"] as {
    template: { spec: { initContainers: { name: string; image: string }[] } };
  };
  return template.spec.initContainers.map(({ name, image }) => `${name} ${image}`);
}

test("around an upgrade the previous release's files are copied first, so that the current ones win where names are equal", async () => {
  expect(await copies()).toEqual(["copy-current ghcr.io/mastodon/mastodon:v4.6.5"]);
  expect(await copies("v4.6.4")).toEqual([
    "copy-previous ghcr.io/mastodon/mastodon:v4.6.4",
    "copy-current ghcr.io/mastodon/mastodon:v4.6.5",
  ]);
});
