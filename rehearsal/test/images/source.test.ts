import { describe, expect, test } from "vitest";
import { IMAGES } from "../../../config/images.ts";
import { partsOf } from "../../../domain/images.ts";
import { withLayer } from "../../images/pulled.ts";
import { mustReach, sourceOf } from "../../images/registry.ts";
import { imageSourceOf, notProvenOf, pulledOf } from "../../images/source.ts";
import { freePorts } from "../../kubernetes/ports.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const PINNED = `registry.example/some/image:1.2@${DIGEST}`;

describe("a pinned image is pulled by its digest", () => {
  test("not by its tag, which its owner can move", () => {
    expect(sourceOf(PINNED, {})).toBe(`registry.example/some/image@${DIGEST}`);
  });

  test("from a mirror, too", () => {
    expect(sourceOf(PINNED, { registry: "localhost:5000" })).toBe(
      `localhost:5000/registry.example/some/image@${DIGEST}`,
    );
  });

  test("and only then by its tag, when that is asked for", () => {
    expect(sourceOf(PINNED, { registry: "localhost:5000", byTag: true })).toBe(
      "localhost:5000/registry.example/some/image:1.2",
    );
  });
});

test("a registry that does not answer is refused before anything is built, with what to do", async () => {
  const [port] = await freePorts(1);
  await expect(mustReach([PINNED], { registry: `127.0.0.1:${port}` })).rejects.toThrow(
    new RegExp(`127\\.0\\.0\\.1:${port} \\(ECONNREFUSED\\).*--registry HOST:PORT`, "u"),
  );
});

test.each([
  [{ images: "reel" }, /say local, made here, or real/u],
  [{ images: "local", registry: "localhost:5000" }, /add --images real/u],
  [{ images: "real", registry: "https://ghcr.io" }, /say HOST:PORT/u],
])("words that mean nothing together are refused: %j", (words, sentence) => {
  expect(() => imageSourceOf(words)).toThrow(sentence);
});

test("the cure that a refusal names is accepted", () => {
  expect(imageSourceOf({ images: "real", registry: "localhost:5000" })).toEqual({
    kind: "real",
    registry: "localhost:5000",
  });
  expect(imageSourceOf({ images: "real", registry: "loopback" }).registry).toBe("loopback");
});

test("every image of the stack is pulled but the connector's, which would look for Cloudflare", () => {
  const left = Object.values(IMAGES).filter((each) => !pulledOf([each]).includes(each));
  expect(left.map((each) => partsOf(each).repository)).toEqual([
    "docker.io/cloudflare/cloudflared",
  ]);
});

test("a result says what its images don't prove", () => {
  const own = /Mastodon's own code does not run/u;
  expect(notProvenOf({ kind: "local" }).join()).toMatch(own);
  expect(notProvenOf({ kind: "real", registry: "loopback" }).join()).toMatch(own);
  expect(notProvenOf({ kind: "real" }).join()).not.toMatch(own);
  expect(notProvenOf({ kind: "real" }).join()).toMatch(/connector is a stand-in/u);
});

describe("an image with the roots of a run", () => {
  const config = {
    config: { Env: ["PATH=/bin", "NODE_OPTIONS=--max-old-space-size=1"], Cmd: ["run"] },
    rootfs: { type: "layers", diff_ids: ["sha256:one"] },
    history: [{ created_by: "somebody" }],
  };
  const manifest = {
    config: {
      mediaType: "application/vnd.docker.container.image.v1+json",
      digest: "sha256:config",
      size: 1,
    },
    layers: [{ mediaType: "gzip", digest: "sha256:zip", size: 2 }],
  };
  const layer = { digest: "sha256:roots", size: 3 };
  const derived = withLayer(manifest, config, layer, ["NODE_OPTIONS=--use-openssl-ca"]);
  const parsed = [...derived.blobs.values()].map((each) => JSON.parse(each) as unknown);

  test("keeps its own layers below, and begins as before", () => {
    expect(parsed).toContainEqual(
      expect.objectContaining({
        config: { Env: ["PATH=/bin", "NODE_OPTIONS=--use-openssl-ca"], Cmd: ["run"] },
        rootfs: { type: "layers", diff_ids: ["sha256:one", "sha256:roots"] },
      }),
    );
  });

  test("has a layer of the kind that its manifest is of: a runtime refuses a mixture", () => {
    expect(parsed).toContainEqual(
      expect.objectContaining({
        layers: [
          expect.objectContaining({ digest: "sha256:zip" }),
          {
            mediaType: "application/vnd.docker.image.rootfs.diff.tar",
            digest: "sha256:roots",
            size: 3,
          },
        ],
      }),
    );
  });

  test("is named by what it is: every blob by its own digest", () => {
    expect(derived.blobs.has(derived.manifest.digest)).toBe(true);
  });
});
