import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cloudflareRows } from "../../rehearsal/clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../rehearsal/clouds/digitalocean/rows.ts";
import { Secret } from "../../rehearsal/providers/values.ts";
import { Cloud } from "./cloud.ts";
import { oneOfEach } from "./standard.ts";

/** What the real providers declare, taken from their own schemas; kept outside the repository. */
const folder = join(import.meta.dirname, "../../../shared/data");
const files = {
  digitalocean: join(folder, "digitalocean-provider.json"),
  cloudflare: join(folder, "cloudflare-provider.json"),
};
const present = Object.values(files).every((file) => existsSync(file));
const load = (file: string): Record<string, Declared> =>
  (JSON.parse(readFileSync(file, "utf8")) as { resources: Record<string, Declared> }).resources;

interface Declared {
  readonly required: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly alwaysKnown: readonly string[];
}

if (!present)
  console.warn(
    "Skipped: the real providers' declarations are not on this machine; the rows are not compared with them.",
  );

describe.skipIf(!present)("a row that says other than the real DigitalOcean provider", () => {
  it.each(digitaloceanRows.resources.map((row) => [row.type, row] as const))("%s", (type, row) => {
    const real = load(files.digitalocean)[type];
    if (real === undefined) throw new Error(`The real provider has no type ${type}.`);
    for (const [key, property] of Object.entries(row.properties)) {
      const input = real.inputs[key];
      const output = real.outputs[key];
      const flags = input ?? output;
      expect({ key, known: flags !== undefined }).toEqual({ key, known: true });
      if (property.output !== true) expect({ key, input }).not.toEqual({ key, input: undefined });
      expect({ key, secret: property.secret === true }).toEqual({
        key,
        secret: flags?.includes("!secret"),
      });
      if (property.output !== true)
        expect({ key, replaces: property.replaces === true }).toEqual({
          key,
          replaces: flags?.includes("!replace"),
        });
    }
    const required = Object.entries(row.properties).filter(([, { required: is }]) => is === true);
    expect(required.map(([key]) => key).sort()).toEqual([...real.required].sort());
    // Every secret that the real one has must be one here, modelled or not.
    const secrets = Object.entries(real.outputs).filter(([, flags]) => flags.includes("!secret"));
    for (const [key] of secrets) expect(row.properties[key]?.secret).toBe(true);
  });

  it("answers every output that the real one always has, secret where it is secret", async () => {
    const made = await oneOfEach(new Cloud());
    for (const [type, { outputs }] of made) {
      const real = load(files.digitalocean)[type];
      if (real === undefined) continue;
      expect({ type, missing: real.alwaysKnown.filter((key) => !(key in outputs)) }).toEqual({
        type,
        missing: [],
      });
      for (const [key, flags] of Object.entries(real.outputs))
        if (flags.includes("!secret")) expect(outputs[key]).toBeInstanceOf(Secret);
    }
  });
});

describe.skipIf(!present)("a row that says other than the real Cloudflare provider", () => {
  it.each(cloudflareRows.resources.map((row) => [row.type, row] as const))("%s", (type, row) => {
    const snake = (text: string): string =>
      text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const name = snake(/index\/(\w+):/.exec(type)?.[1] ?? "");
    const real = load(files.cloudflare)[name] as unknown as Record<string, string> | undefined;
    if (real === undefined) throw new Error(`The real provider has no resource ${name}.`);
    for (const [key, property] of Object.entries(row.properties)) {
      const words = real[snake(key)]?.split(" ") ?? [];
      const optional = words.includes("optional");
      expect({
        key,
        known: words.length > 0,
        // Either zoneId or accountId for a Ruleset; the rehearsal's is a zone's.
        required: property.required === true && !(type.endsWith(":Ruleset") && key === "zoneId"),
        replaces: property.replaces === true,
        secret: property.secret === true,
        output: property.output === true,
      }).toEqual({
        key,
        known: true,
        required: words.includes("required"),
        replaces: words.includes("replace"),
        secret: words.includes("secret"),
        output: !optional && !words.includes("required"),
      });
      if (property.output !== true)
        expect({ key, computed: property.computed === true }).toEqual({
          key,
          computed: words.includes("computed"),
        });
    }
    const stable = Object.keys(row.properties).filter((key) =>
      real[snake(key)]?.split(" ").includes("stable"),
    );
    expect(row.stableOutputs).toEqual(stable);
  });
});
