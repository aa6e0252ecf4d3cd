import { expect, test } from "vitest";
import { IMAGES } from "../../config/images.ts";
import { deployedFacts } from "../../domain/images.ts";
import { staticClassOf, staticPathsOf } from "../../domain/static-paths.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { theResource } from "./views.ts";
import { FIXTURE_RELEASE } from "../fixture-release.ts";

const facts = deployedFacts({});
const plan = await planStack();
const { inputs } = theResource(plan, "kubernetes:core/v1:ConfigMap", "assets-nginx");
const nginx = (inputs["data"] as Record<string, string>)["nginx.conf"] ?? "";
/**
 * Rows of nginx's map of cache times, in its order. JavaScript and PCRE read their patterns the
 * same way.
 */
const kept = [...mapOf("$kept").matchAll(/"~(?<pattern>[^"]+)" "(?<value>[^"]*)";/gu)].map(
  ({ groups }) => ({
    pattern: new RegExp(groups?.["pattern"] ?? "", "u"),
    value: groups?.["value"] ?? "",
  }),
);
const otherwise = /default "(?<value>[^"]*)";/u.exec(mapOf("$kept"))?.groups?.["value"];

/** Body of nginx's map that sets a variable. */
function mapOf(variable: string): string {
  const start = nginx.indexOf(` ${variable} {`);
  if (start === -1) throw new Error(`nginx.conf has no map for ${variable}.`);
  return nginx.slice(start, nginx.indexOf("\n  }", start));
}

const YEAR = "public, max-age=31536000, immutable, stale-if-error=604800";
const DAY = "public, max-age=86400, stale-if-error=604800";
const MINUTES = "public, max-age=300, stale-if-error=604800";

test.each([
  ["/packs/application-0a1b2c3d.js", "hashed", YEAR],
  ["/packs/assets/inter-CWi-zmRD.woff2", "hashed", YEAR],
  ["/packs/intl/de-Bx1.js", "hashed", YEAR],
  ["/assets/logo-0a1b2c3d4e.svg", "hashed", YEAR],
  ["/assets/icons/home-0a1b2c3d.svg", "hashed", YEAR],
  ["/assets/500.html", "brief", MINUTES],
  ["/500.html", "brief", MINUTES],
  ["/robots.txt", "brief", MINUTES],
  ["/emoji/1f600.svg", "daily", DAY],
  ["/avatars/original/missing.png", "daily", DAY],
  ["/headers/original/missing.png", "daily", DAY],
  ["/sounds/boop.ogg", "daily", DAY],
  ["/ocr/lang-data/eng.traineddata", "daily", DAY],
  ["/badge.png", "daily", DAY],
  ["/oops.gif", "daily", DAY],
  ["/embed.js", "daily", DAY],
  ["/web-push-icon_reblog.png", "daily", DAY],
  ["/health", "unkept", "no-store"],
  ["/sw.js", "refused", ""],
  ["/sw.js.map", "refused", ""],
  ["/packs/sw.js", "refused", ""],
  ["/packs/sw.js.map.gz", "refused", ""],
  ["/packs/.vite/manifest.json", "refused", ""],
  ["/assets/.manifest.json", "refused", ""],
  ["/.env", "refused", ""],
  ["/system/accounts/avatars/1.png", "refused", ""],
])("%s is %s, in the table and in nginx: %s", (path, expected, header) => {
  expect(staticClassOf(path, facts)).toBe(expected);
  expect(kept.find(({ pattern }) => pattern.test(path))?.value ?? otherwise).toBe(header);
});

test("a row of the table that nginx's configuration leaves out would be kept by the rule of another", () => {
  // One more, for hidden files.
  expect(kept).toHaveLength(staticPathsOf(facts).length + 1);
});

test("every header is said at the server alone: a location with one of its own would drop CORS from its answers", () => {
  const headers = nginx.match(/add_header [A-Za-z-]+/gu);
  expect(headers).toEqual([
    "add_header Cache-Control",
    "add_header Access-Control-Allow-Origin",
    "add_header Access-Control-Allow-Methods",
    "add_header Allow",
    "add_header X-Content-Type-Options",
  ]);
  expect(nginx.lastIndexOf("add_header")).toBeLessThan(nginx.indexOf("location"));
  for (const line of nginx.match(/add_header .*$/gmu) ?? []) expect(line).toMatch(/ always;$/u);
});

test("a miss is kept for half a minute at most: in the middle of a rollout the file comes a moment later", () => {
  expect(mapOf("$cache_control")).toContain('404 "public, max-age=30";');
  expect(mapOf("$cache_control")).toContain('default "no-store";');
});

test("nginx writes below its one folder only: its root is read-only, and it would not start", () => {
  const paths = [...nginx.matchAll(/(?<what>\w+_temp_path|pid) (?<path>[^;]+);/gu)];
  expect(paths.map(({ groups }) => groups?.["what"])).toEqual([
    "pid",
    "client_body_temp_path",
    "proxy_temp_path",
    "fastcgi_temp_path",
    "uwsgi_temp_path",
    "scgi_temp_path",
  ]);
  for (const { groups } of paths) expect(groups?.["path"]).toMatch(/^\/tmp\//u);
});

type AssetsSpec = {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly topologySpreadConstraints: readonly { readonly whenUnsatisfiable: string }[];
        readonly initContainers: readonly Record<string, unknown>[];
        readonly containers: readonly Record<string, unknown>[];
        readonly volumes: readonly Record<string, unknown>[];
      };
    };
  };
};
const { spec } = theResource(plan, "kubernetes:apps/v1:Deployment", "assets")
  .inputs as unknown as AssetsSpec;

test("what nginx serves it can't change, and what it can write has a limit", () => {
  const { containers, initContainers, volumes } = spec.template.spec;
  expect(containers).toHaveLength(1);
  expect(containers[0]?.["volumeMounts"]).toEqual([
    { name: "public", mountPath: "/srv/public", readOnly: true },
    { name: "config", mountPath: "/etc/nginx/conf", readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
  ]);
  for (const copy of initContainers)
    expect(copy["securityContext"]).toMatchObject({ runAsUser: 991 });
  expect(spec.template.spec).toMatchObject({ securityContext: { runAsUser: 101 } });
  expect(volumes).toEqual([
    { name: "public", emptyDir: { sizeLimit: "1Gi" } },
    { name: "config", configMap: { name: expect.stringContaining("assets-nginx") } },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  ]);
});

test("a node's end takes one of the two at most, and a leaving pod ends what it has begun", () => {
  const { terminationGracePeriodSeconds, topologySpreadConstraints, containers } =
    spec.template.spec;
  expect(topologySpreadConstraints.map((each) => each.whenUnsatisfiable)).toEqual([
    "DoNotSchedule",
  ]);
  const budget = theResource(
    plan,
    "kubernetes:policy/v1:PodDisruptionBudget",
    "assets-disruption",
  ).inputs;
  expect(budget["spec"]).toEqual({
    maxUnavailable: 1,
    selector: {
      matchLabels: {
        "app.kubernetes.io/name": "mastodon",
        "app.kubernetes.io/component": "assets",
      },
    },
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  });
  const leave = (
    containers[0]?.["lifecycle"] as { preStop: { sleep: { seconds: number } } } | undefined
  )?.preStop.sleep.seconds;
  const shutdown = Number(/worker_shutdown_timeout (?<s>\d+)s;/u.exec(nginx)?.groups?.["s"]);
  expect(terminationGracePeriodSeconds).toBeGreaterThan(Number(leave) + shutdown);
});

test("the edge keeps static files as long as the origin says, and never asks it for a shorter or longer time", () => {
  const rules = theResource(plan, "cloudflare:index/ruleset:Ruleset", "edge-cache").inputs[
    "rules"
  ] as readonly { readonly ref: string; readonly actionParameters: unknown }[];
  expect(
    rules
      .filter(({ ref }) => ref.startsWith("assets_"))
      .map(({ ref, actionParameters }) => [ref, actionParameters]),
  ).toEqual([
    [
      "assets_kept_as_told",
      {
        cache: true,
        edgeTtl: { mode: "respect_origin" },
        browserTtl: { mode: "respect_origin" },
        serveStale: { disableStaleWhileUpdating: false },
      },
    ],
    ["assets_never_kept", { cache: false }],
  ]);
});

/**
 * The pods' init containers, name to image, in a stack that deploys the committed images after
 * `previousImage`.
 */
async function copies(previousImage?: string, keepPrevious = true): Promise<unknown> {
  const upgraded = await planStack(
    { ...readStackFile(), assets: { keepPrevious } },
    { release: { images: IMAGES, previousImage } },
  );
  const assets = theResource(upgraded, "kubernetes:apps/v1:Deployment", "assets").inputs;
  const { template } = assets["spec"] as {
    template: { spec: { initContainers: { name: string; image: string }[] } };
  };
  return template.spec.initContainers.map(({ name, image }) => `${name} ${image}`);
}

const PREVIOUS = `ghcr.io/example/fork:${FIXTURE_RELEASE}`;
const CURRENT = `copy-current ${IMAGES.mastodon}`;

test("after an upgrade the previous release's files are copied first, so that the current ones win where names are equal", async () => {
  expect(await copies()).toEqual([CURRENT]);
  expect(await copies(PREVIOUS)).toEqual([`copy-previous ${PREVIOUS}`, CURRENT]);
});

test("an old image that its registry threw away keeps no pod from starting, where the operator says so", async () => {
  expect(await copies(PREVIOUS, false)).toEqual([CURRENT]);
});
