import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lifeAfter } from "../../domain/data-life.ts";
import { imagesOf } from "../../domain/images.ts";
import { IMAGES } from "../../config/images.ts";
import { parseConfig } from "../../input/parse.ts";
import { releaseAfter } from "../../domain/release.ts";
import type { Running } from "../../domain/deployed-state.ts";
import { valuesOf } from "../../input/stack-text.ts";
import { FINDERS } from "../../ops/recover/finders.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import type { Plan } from "../../plan/plan-stack.ts";
import { readStackFile, readyToRehearse } from "../../plan/stack-file.ts";
import { reveal } from "../../plan/values.ts";
import { withOptions } from "../config/every-option.ts";
import { EARLIER_RELEASE } from "../fixture-release.ts";
import { planOf, ServerWithoutState, type Shape } from "./adopt-world.ts";

/** A lost state of every kind of stack: `npm run state -- adopt` finds all of it. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const raw = readStackFile();

function example(path: string): Shape {
  const file = basename(path);
  const text = readyToRehearse(readFileSync(ROOT + path, "utf8"), file);
  const values = valuesOf(stackTextOf(text, file).texts);
  // The disk size of the large profile's databases is not published, and the simulated cloud
  // invents none. The other requirements of its file are here.
  return { raw: values["profile"] === "large" ? { ...values, profile: "medium" } : values };
}

const SHAPES: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(
    globSync("examples/*.yaml", { cwd: ROOT }).map((path) => [path, example(path)]),
  ),
  "every option": { raw: withOptions(raw) },
  "read replica, and a Valkey for the cache alone": {
    raw: {
      ...raw,
      postgres: { size: "db-s-4vcpu-8gb", readReplica: { size: "db-s-4vcpu-8gb" } },
      valkey: { cache: { size: "db-s-1vcpu-1gb" } },
    },
  },
  "after an upgrade": {
    raw,
    options: {
      release: { images: IMAGES, previousImage: `ghcr.io/mastodon/mastodon:${EARLIER_RELEASE}` },
    },
  },
};

/** The program that runs after the adoption: it remembers the adopted state. */
async function nextPlan({ raw: file }: Shape, server: ServerWithoutState): Promise<Plan> {
  const { running } = server.entry("mastodon-prod")?.outputs as { readonly running: Running };
  const config = parseConfig(file);
  const release = releaseAfter(running, imagesOf(config, IMAGES));
  const image = imagesOf(config, release.images).mastodon;
  const life = lifeAfter(running, config, image, new Date("2026-11-28T12:00:00Z"));
  const existing = server.made.resources.map(({ name }) => name);
  return await planOf({ raw: file, options: { release, life, existing } });
}

describe.each(Object.entries(SHAPES))("a lost state: %s", (_, shape) => {
  let server: ServerWithoutState;
  beforeAll(async () => {
    server = await ServerWithoutState.open(shape);
    await server.adopt();
  });
  afterAll(async () => {
    await server.close();
  });

  it("nothing is asked, nothing stays unknown, and what is made anew has its reason", () => {
    expect(server.said.split("\n").filter((line) => /^(?:ask|unknown) /u.test(line))).toEqual([]);
    const made = server.made.resources.filter(
      ({ name, custom }) => custom && server.entry(name) === undefined,
    );
    const reasonless = made.filter(({ type }) => {
      const finder = FINDERS[type];
      return finder?.kind === "find"
        ? finder.toldOnce === undefined
        : finder === undefined || finder.importId !== undefined;
    });
    expect(reasonless.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
    for (const { name } of made) expect(server.said).toMatch(new RegExp(`^make +${name} `, "mu"));
  });

  it("the next update replaces nothing at the clouds", async () => {
    const replaced: string[] = [];
    for (const { name, ref, inputs, ignoreChanges } of server.atClouds) {
      const entry = server.entry(name);
      if (entry === undefined) continue;
      const provider = await server.cloud.provider(ref.type);
      const state = { inputs: entry.inputs ?? {}, outputs: entry.outputs ?? {} };
      const found = await provider.read(ref, entry.id ?? "", state);
      if (found === undefined) throw new Error(`${name} is not read as ${entry.id}.`);
      const { replaces } = await server.cloud.diff({ ref, ...found }, inputs, ignoreChanges);
      if (replaces.length > 0) replaced.push(`${name}: ${replaces.join()}`);
    }
    expect(replaced).toEqual([]);
  });

  it("the next update finds each object of the cluster as the program has it", async () => {
    const { resources } = await nextPlan(shape, server);
    const next = new Map(resources.map(({ urn, inputs }) => [urn, inputs]));
    const changed = server.made.resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .filter(({ urn, inputs }) => !isDeepStrictEqual(reveal(next.get(urn)), reveal(inputs)));
    expect(changed.map(({ name }) => name)).toEqual([]);
    expect(next.size).toBe(server.made.resources.length);
  });
});
