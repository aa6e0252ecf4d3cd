import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { complaintsOf, expectedOf } from "../../checks/assets-origin.ts";
import type { HttpAnswer } from "../../pods/inside.ts";
import { digestOf, publicFiles } from "../../pods/mastodon-image.ts";
import { sandboxArguments } from "../../pods/sandbox.ts";
import { MASTODON_VERSION } from "../../../domain/rehearsed.ts";
import { FIXTURE_RELEASE } from "../../../test/fixture-release.ts";

const releases = { current: MASTODON_VERSION, previous: FIXTURE_RELEASE };
const script = `packs/application-${digestOf(FIXTURE_RELEASE)}.js`;
const [expected] = expectedOf(releases).filter(
  ({ request }) => request.headers?.["accept-encoding"] === "gzip",
);
if (expected === undefined) throw new Error("Nothing is asked for compressed.");
const right: HttpAnswer = {
  status: 200,
  headers: {
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
    "cache-control": "public, max-age=31536000, immutable, stale-if-error=604800",
    "content-type": "text/javascript",
    "content-encoding": "gzip",
    vary: "Accept-Encoding",
  },
  body: gzipSync(publicFiles(FIXTURE_RELEASE)[script] ?? ""),
};
const complaints = (change: Partial<HttpAnswer>): readonly string[] =>
  complaintsOf(expected, { ...right, ...change });
const withHeaders = (change: Readonly<Record<string, string | undefined>>): readonly string[] =>
  complaints({ headers: { ...right.headers, ...change } });
const what = `GET /${script} (gzip)`;

test("the right answer passes", () => {
  expect(complaints({})).toEqual([]);
});

test.each([
  ["no answer", complaintsOf(expected, undefined), [`${what}: no answer`]],
  ["another status", complaints({ status: 404 }), [`${what}: 404 instead of 200`]],
  [
    "CORS gone",
    withHeaders({ "access-control-allow-origin": undefined }),
    [`${what}: access-control-allow-origin is not there instead of *`],
  ],
  [
    "a shorter life",
    withHeaders({ "cache-control": "public, max-age=60" }),
    [
      `${what}: cache-control is public, max-age=60 instead of public, max-age=31536000, immutable, stale-if-error=604800`,
    ],
  ],
  [
    "compressed without a word to caches",
    withHeaders({ vary: undefined }),
    [`${what}: vary is not there instead of Accept-Encoding`],
  ],
  [
    "the other release's file",
    complaints({ body: gzipSync(publicFiles(MASTODON_VERSION)["embed.js"] ?? "") }),
    [`${what}: it is another file`],
  ],
])("%s is a complaint: a check that can't fail proves nothing", (_name, found, sentences) => {
  expect(found).toEqual(sentences);
});

test("the two releases share no hashed name, or a lost copy of the previous one would go unseen", () => {
  const names = (version: string): readonly string[] =>
    Object.keys(publicFiles(version)).filter((path) => path.includes(digestOf(version)));
  expect(names(FIXTURE_RELEASE)).toHaveLength(6);
  expect(names(MASTODON_VERSION).filter((path) => names(FIXTURE_RELEASE).includes(path))).toEqual(
    [],
  );
});

test("a container whose pod does not ask for a read-only root gets a writable one, or the check of writes would always pass", () => {
  const files = {
    hosts: "/run/hosts",
    nameservers: "/run/resolv.conf",
    trustStore: "/run/trust.crt",
  };
  const options = { root: "/debian", program: ["true"], mounts: [], uid: 101, gid: 101 };
  expect(sandboxArguments(options, files)).toContain("--remount-ro");
  expect(sandboxArguments({ ...options, writableRoot: true }, files)).not.toContain("--remount-ro");
});
