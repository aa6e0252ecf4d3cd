import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { blobPath, layoutOf, namesOf, type Image } from "../../images/oci.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const layer = (letter: string) => ({ digest: `sha256:${letter.repeat(64)}`, size: 1024 });
const image = (names: readonly string[], more: Partial<Image> = {}): Image => ({
  ...{ names, layers: [layer("a"), layer("b")], config: { User: "991", Cmd: ["serve"] } },
  ...more,
});
interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}
const read = <T>(files: Readonly<Record<string, string>>, path: string): T =>
  JSON.parse(files[path] ?? "null") as T;

it("gives the same content the same digests, and other content others", () => {
  const files = layoutOf([image(["registry.example/one:1"])], "amd64");
  expect(layoutOf([image(["registry.example/one:1"])], "amd64")).toEqual(files);
  const other = layoutOf([image(["registry.example/one:1"], { config: {} })], "amd64");
  expect(other["index.json"]).not.toBe(files["index.json"]);
});

it("leads from each name to a manifest, from there to configuration and layers, by true digests", () => {
  const names = [`registry.example/one@${DIGEST}`, "registry.example/one:1"];
  const files = layoutOf([image(names)], "amd64");
  const { manifests } = read<{ manifests: readonly Descriptor[] }>(files, "index.json");
  expect(manifests.map(({ annotations }) => annotations?.["io.containerd.image.name"])).toEqual(
    names,
  );
  for (const descriptor of manifests) {
    const manifest = read<{ config: Descriptor; layers: readonly Descriptor[] }>(
      files,
      blobPath(descriptor.digest),
    );
    expect(manifest.layers).toMatchObject([layer("a"), layer("b")]);
    for (const { digest, size } of [descriptor, manifest.config]) {
      const text = files[blobPath(digest)] ?? "";
      expect(`sha256:${createHash("sha256").update(text).digest("hex")}`).toBe(digest);
      expect(Buffer.byteLength(text)).toBe(size);
    }
    expect(read(files, blobPath(manifest.config.digest))).toMatchObject({
      config: { User: "991", Cmd: ["serve"] },
      rootfs: { type: "layers", diff_ids: [layer("a").digest, layer("b").digest] },
    });
  }
});

it("has what two images share once", () => {
  const files = layoutOf([image(["a.example/one:1"]), image(["a.example/two:1"])], "amd64");
  expect(Object.keys(files).filter((path) => path.startsWith("blobs/"))).toHaveLength(2);
});

it.each([
  [
    `docker.io/library/x:1.2-alpine@${DIGEST}`,
    [`docker.io/library/x@${DIGEST}`, "docker.io/library/x:1.2-alpine"],
  ],
  ["docker.io/library/nginx:1.26.3", ["docker.io/library/nginx:1.26.3"]],
  [`registry.example:5000/x@${DIGEST}`, [`registry.example:5000/x@${DIGEST}`]],
  ["registry.example:5000/x", ["registry.example:5000/x:latest"]],
  ["coredns", ["docker.io/library/coredns:latest"]],
  ["digitalocean/do-agent:3", ["docker.io/digitalocean/do-agent:3"]],
])("finds %s as a kubelet's runtime looks for it", (reference, names) => {
  expect(namesOf(reference)).toEqual(names);
});
