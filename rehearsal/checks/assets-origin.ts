import type { V1Pod } from "@kubernetes/client-node";
import { gunzipSync } from "node:zlib";
import { ASSETS_HEALTH_PATH } from "../../domain/static-paths.ts";
import type { HttpAnswer, HttpRequest } from "../pods/inside.ts";
import { digestOf, publicFiles } from "../pods/mastodon-image.ts";
import type { PodServer } from "../pods/pod-server.ts";
import { ANYBODYS } from "../pods/sandbox.ts";
import { checkOf, type Check } from "./check.ts";

/** The two releases whose files must be served. */
export interface Releases {
  readonly current: string;
  readonly previous: string;
}

/**
 * A request and its expected answer: every named header exactly, `undefined` for one that must be
 * absent.
 */
interface Expected {
  readonly request: HttpRequest;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body, decompressed. */
  readonly body?: string;
}

const YEAR = "public, max-age=31536000, immutable, stale-if-error=604800";
const DAY = "public, max-age=86400, stale-if-error=604800";
const MINUTES = "public, max-age=300, stale-if-error=604800";
const MISSING = "public, max-age=30";
const ANY_ORIGIN = { "access-control-allow-origin": "*", "x-content-type-options": "nosniff" };

function get(path: string, encoding?: string): HttpRequest {
  return {
    method: "GET",
    path,
    headers: encoding === undefined ? {} : { "accept-encoding": encoding },
  };
}

/**
 * A file that exists. The values repeat those of the program's table on purpose, so that a mistake
 * in that table fails here.
 */
function served(
  path: string,
  type: string,
  cacheControl: string,
  body: string | undefined,
  gzip?: "gzip",
): Expected {
  return {
    request: get(`/${path}`, gzip),
    status: 200,
    headers: {
      ...ANY_ORIGIN,
      "cache-control": cacheControl,
      "content-type": type,
      "content-encoding": gzip,
      ...(gzip === undefined ? {} : { vary: "Accept-Encoding" }),
    },
    ...(body === undefined ? {} : { body }),
  };
}

function missing(path: string): Expected {
  return {
    request: get(path),
    status: 404,
    headers: { ...ANY_ORIGIN, "cache-control": MISSING },
  };
}

/** Requests to each pod. */
export function expectedOf({ current, previous }: Releases): readonly Expected[] {
  const hashed = (version: string): readonly Expected[] => {
    const [digest, files] = [digestOf(version), publicFiles(version)];
    const of = (path: string, type: string, gzip?: "gzip"): Expected =>
      served(path, type, YEAR, files[path], gzip);
    return [
      of(`packs/application-${digest}.js`, "text/javascript"),
      of(`packs/application-${digest}.js`, "text/javascript", "gzip"),
      of(`packs/application-${digest}.css`, "text/css", "gzip"),
      of(`packs/intl/de-${digest}.js`, "text/javascript"),
      of(`packs/assets/inter-${digest}.woff2`, "font/woff2"),
      of(`assets/logo-${digest}.svg`, "image/svg+xml"),
    ];
  };
  const newest = publicFiles(current);
  return [
    ...hashed(previous),
    ...hashed(current),
    served("embed.js", "text/javascript", DAY, newest["embed.js"]),
    served("emoji/1f600.svg", "image/svg+xml", DAY, newest["emoji/1f600.svg"]),
    served("avatars/original/missing.png", "image/png", DAY, undefined),
    served("sounds/boop.ogg", "audio/ogg", DAY, undefined),
    served("robots.txt", "text/plain", MINUTES, newest["robots.txt"]),
    served("500.html", "text/html", MINUTES, newest["assets/500.html"]),
    ...["/packs/application-00000000.js", "/sw.js", "/packs/sw.js", "/packs/", "/packs", "/"].map(
      missing,
    ),
    ...["/packs/.vite/manifest.json", "/assets/.manifest.json", "/.env"].map(missing),
    // Outside the folder: normalized to a path that does not exist, or refused as invalid.
    ...[
      "/packs/../../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/packs/..%2f..%2f..%2fetc/passwd",
    ].map((path) => ({ request: get(path), status: 400, headers: {} })),
    missing("/packs/../etc/nginx/conf/nginx.conf"),
    ...(["POST", "PUT", "DELETE"] as const).map((method) => ({
      request: { method, path: "/robots.txt" },
      status: 405,
      headers: { ...ANY_ORIGIN, allow: "GET, HEAD, OPTIONS", "cache-control": "no-store" },
    })),
    {
      request: { method: "OPTIONS", path: "/robots.txt" },
      status: 204,
      headers: { ...ANY_ORIGIN, "access-control-allow-methods": "GET, HEAD, OPTIONS" },
    },
    {
      request: { method: "HEAD", path: "/robots.txt" },
      status: 200,
      headers: { ...ANY_ORIGIN, "cache-control": MINUTES },
    },
    {
      request: get(ASSETS_HEALTH_PATH),
      status: 200,
      headers: { "cache-control": "no-store" },
      body: "ok",
    },
  ];
}

/** Faults of an answer, in sentences; none if it is as expected. */
export function complaintsOf(
  expected: Expected,
  answer: HttpAnswer | undefined,
): readonly string[] {
  const { method, path, headers: asked } = expected.request;
  const what = `${method} ${path}${asked?.["accept-encoding"] === undefined ? "" : " (gzip)"}`;
  if (answer === undefined) return [`${what}: no answer`];
  const wrong =
    answer.status === expected.status ? [] : [`${answer.status} instead of ${expected.status}`];
  for (const [name, value] of Object.entries(expected.headers))
    if (answer.headers[name] !== value)
      wrong.push(
        `${name} is ${answer.headers[name] ?? "not there"} instead of ${value ?? "not there"}`,
      );
  if (expected.body !== undefined && textOf(answer) !== expected.body)
    wrong.push("it is another file");
  return wrong.map((sentence) => `${what}: ${sentence}`);
}

function textOf({ headers, body }: HttpAnswer): string {
  return (headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
}

/** Folders that nginx must not be able to write to, and the one that it needs to write to. */
const WRITES: Readonly<Record<string, boolean>> = {
  "/": false,
  [ANYBODYS]: false,
  "/etc": false,
  "/etc/nginx/conf": false,
  "/srv/public": false,
  "/srv/public/packs": false,
  "/usr/share": false,
  "/tmp": true,
};

/**
 * Requests files of both releases from the real nginx of every pod of the assets origin, and paths
 * that it must refuse. Checks also whether a program in its container could write anywhere.
 */
export async function checkAssetsOrigin(
  pods: readonly V1Pod[],
  serverOf: (uid: string) => PodServer | undefined,
  releases: Releases,
): Promise<readonly Check[]> {
  const expected = expectedOf(releases);
  const complaints: Record<"answers" | "config" | "writes", string[]> = {
    answers: [],
    config: [],
    writes: [],
  };
  const tags = new Set<string>();
  for (const pod of pods) {
    const name = pod.metadata?.name ?? "";
    const server = serverOf(pod.metadata?.uid ?? "");
    if (server === undefined) {
      complaints.answers.push(`${name} does not run`);
      continue;
    }
    const answers = await server.request(expected.map(({ request }) => request));
    complaints.answers.push(
      ...expected.flatMap((each, i) => complaintsOf(each, answers[i])).map((c) => `${name}: ${c}`),
    );
    tags.add(answers.map(({ headers }) => headers["etag"] ?? "").join());
    const tested = await server.exec(["nginx", "-e", "stderr", "-t", "-c", configOf(pod)]);
    if (tested.exitCode !== 0 || /\[(?:warn|emerg|alert|crit)\]/u.test(tested.stderr))
      complaints.config.push(`${name}: ${tested.stderr.trim()}`);
    const script = 'for folder; do (echo x > "$folder/written") 2>&- && echo "$folder"; done; :';
    const wrote = await server.exec(["sh", "-c", script, "sh", ...Object.keys(WRITES)]);
    if (wrote.exitCode !== 0) complaints.writes.push(`${name}: ${wrote.stderr.trim()}`);
    const written = new Set(wrote.stdout.split("\n"));
    for (const [folder, allowed] of Object.entries(WRITES))
      if (written.has(folder) !== allowed)
        complaints.writes.push(`${name} ${allowed ? "can't" : "can"} write to ${folder}`);
  }
  const nodes = new Set(pods.map(({ spec }) => spec?.nodeName));
  return [
    checkOf(
      "nginx itself accepts the assets origin's configuration, without a warning",
      complaints.config,
      `nginx -t in ${pods.length} pods`,
    ),
    checkOf(
      `the assets origin answers files of ${releases.previous} and ${releases.current} with exactly the right headers, and refuses the rest`,
      complaints.answers,
      `${expected.length} requests to each of ${pods.length} real nginx`,
    ),
    checkOf(
      "both replicas of the assets origin say the same of a file, and stand on different nodes",
      [
        ...(tags.size === 1 ? [] : ["their ETags differ"]),
        ...(pods.length === 2 && nodes.size === 2
          ? []
          : [`${pods.length} pods on ${nodes.size} nodes`]),
      ],
      `${pods.length} pods on ${nodes.size} nodes`,
    ),
    checkOf(
      "in the place of the assets origin's nginx nothing can be written but its temporary files",
      complaints.writes,
      `${Object.keys(WRITES).length} folders tried in ${pods.length} pods`,
    ),
  ];
}

function configOf(pod: V1Pod): string {
  const command = pod.spec?.containers[0]?.command ?? [];
  return command[command.indexOf("-c") + 1] ?? "";
}
