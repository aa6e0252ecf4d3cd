import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Images } from "../../config/images.ts";
import { runImages } from "../../ops/images/command.ts";
import { newerPatch, tagsOf } from "../../ops/images/tags.ts";
import { digestOf, indexOf, OCI_INDEX, startRegistry, type Registry } from "./registry.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const QUICK = { firstWaitMs: 1 };
const BOTH = indexOf("linux/arm64", "linux/amd64");

let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(async () => await registry.stop());

describe("the newest patch of the pinned minor", () => {
  test.each([
    ["that is out is named", ["v4.7.5", "v4.7.6", "v4.7.7", "v4.7.10", "v4.7.9"], "v4.7.10"],
    ["is the pinned one", ["v4.7.5", "v4.7.6", "latest", "edge"], undefined],
    ["is of no other minor", ["v4.8.0", "v5.7.9", "v4.70.1", "v4.6.99"], undefined],
    ["is no release candidate", ["v4.7.7-rc.1", "v4.7.7-beta.2", "v4.7.7-arm64"], undefined],
    ["is no build", ["nightly.2026-11-20", "sha-0a1b2c3", "v4.7", "4.7.7"], undefined],
  ])("%s: %j", (_what, tags, newer) => {
    expect(newerPatch("v4.7.6", [tags, tags])).toBe(newer);
  });

  test("counts once both images have it: web of one release never meets streaming of another", () => {
    expect(newerPatch("v4.7.6", [["v4.7.7", "v4.7.8"], ["v4.7.7"]])).toBe("v4.7.7");
    expect(newerPatch("v4.7.6", [["v4.7.7"], []])).toBeUndefined();
  });
});

describe("the tags of a repository", () => {
  const MANY = Array.from({ length: 257 }, (_, at) => `nightly.${at}`).concat("v4.7.7");
  const repository = (): string => `${registry.host}/mastodon/mastodon`;

  test("are read to the last page: the release that matters may stand there", async () => {
    registry.list("mastodon/mastodon", MANY, 100);
    expect(await tagsOf(repository(), QUICK)).toEqual(MANY);
    const pages = registry.asked.filter((each) => each.includes("/tags/list"));
    // Each page once without a token and once with it.
    expect(new Set(pages).size).toBe(3);
  });

  test("are all there on one page, where the registry gives as many as it is asked for", async () => {
    registry.list("mastodon/mastodon", MANY, 5000);
    expect(await tagsOf(repository(), QUICK)).toEqual(MANY);
  });

  test("are asked for at no other host: it would get the token", async () => {
    registry.list("mastodon/mastodon", MANY, 100);
    registry.linkTo("https://elsewhere.example/v2/x/tags/list");
    await expect(tagsOf(repository(), QUICK)).rejects.toThrow(
      /continues its list of tags at https:\/\/elsewhere\.example, which is another one\. Nothing was asked there\.$/u,
    );
  });

  test("that nobody may list are a sentence", async () => {
    await expect(tagsOf(repository(), QUICK)).rejects.toThrow(
      /mastodon\/mastodon: the registry lists no tags \(404 Not Found\)/u,
    );
  });

  test("that lead in a circle are given up", async () => {
    registry.list("mastodon/mastodon", MANY, 100);
    registry.linkTo("/v2/mastodon/mastodon/tags/list?n=1");
    await expect(tagsOf(repository(), QUICK)).rejects.toThrow(/its list of tags has no end/u);
  });
});

describe("npm run images", () => {
  /** The command with a registry of this test, which has these tags of Mastodon. */
  function shop(tags: readonly string[], tag = "v4.7.6", digest = "") {
    const names = ["mastodon/mastodon", "mastodon/mastodon-streaming"];
    for (const name of names) {
      registry.list(name, tags, 2);
      registry.serve(name, tag, { body: BOTH, type: OCI_INDEX });
    }
    const [mastodon, streaming] = names.map((name) => `${registry.host}/${name}:${tag}${digest}`);
    const file = join(temporaryFolder("images"), "images.ts");
    writeFileSync(file, `"${mastodon}",\n"${streaming}",\n`);
    const said: string[] = [];
    const world = {
      say: (text: string) => void said.push(text),
      images: { mastodon, streaming } as Images,
      file,
      patience: QUICK,
    };
    return { run: (...args: string[]) => runImages(args, world), file, said };
  }
  const PINNED = `@${digestOf(BOTH)}`;

  test("-- pin --check fails with one sentence while a newer patch is out, and names what to do", async () => {
    const { run } = shop(["v4.7.5", "v4.7.6", "v4.7.7", "v4.8.0"], "v4.7.6", PINNED);
    await expect(run("pin", "--check")).rejects.toThrow(
      "Mastodon v4.7.7 is there, and config/images.ts says v4.7.6: patches of a minor close security holes. Read its notes (https://github.com/mastodon/mastodon/releases/tag/v4.7.7), set both tags to v4.7.7 in config/images.ts, run `npm run images -- pin`, commit it.",
    );
  });

  test("-- pin --check is silent about the next minor, which is a decision", async () => {
    const { run, said } = shop(["v4.7.6", "v4.8.0"], "v4.7.6", PINNED);
    await run("pin", "--check");
    expect(said.join("\n")).toContain("as before");
  });

  test("-- pin --check tells of a tag without a digest and of a newer patch in one run", async () => {
    const { run } = shop(["v4.7.6", "v4.7.7"]);
    const failed = run("pin", "--check");
    await expect(failed).rejects.toThrow(/2 of them are not what config\/images\.ts says/u);
    await expect(failed).rejects.toThrow(/Mastodon v4\.7\.7 is there/u);
  });

  test("-- pin writes every digest, and a second run nothing", async () => {
    const { run, file } = shop(["v4.7.6"]);
    await run("pin");
    const written = readFileSync(file, "utf8");
    expect(written.match(/@sha256:[0-9a-f]{64}"/gu)).toHaveLength(2);
    expect(written).toContain(PINNED);
  });
});
