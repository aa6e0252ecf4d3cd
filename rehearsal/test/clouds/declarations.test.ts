import { describe, expect, it } from "vitest";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../clouds/digitalocean/rows.ts";
import type { PropertyRow, ResourceRow } from "../../clouds/rows.ts";
import { Secret } from "../../../plan/values.ts";
import { Cloud } from "./cloud.ts";
import { type Declared, declaredBy, differences, sdkDifferences, sdkTypes } from "./declared.ts";
import { DATABASE, oneOfEach, R2_BUCKET, RULESET, USER } from "./standard.ts";

const CLOUDS = [
  ["digitalocean", digitaloceanRows],
  ["cloudflare", cloudflareRows],
] as const;

describe.each(CLOUDS)("a row of %s that says other than the real provider", (cloud, rows) => {
  const real = declaredBy(cloud);

  it.each(rows.resources.map((row) => [row.type, row] as const))("%s", (type, row) => {
    expect(differences(row, declaredOf(real.resources, type))).toEqual(
      // Either zoneId or accountId for a Ruleset; the rehearsal's is a zone's.
      type === RULESET
        ? ['required: ["kind","name","phase","zoneId"] here, ["kind","name","phase"] there']
        : [],
    );
  });

  it("a declaration is of a version, a day and a licence, and of a type that has a row", () => {
    expect(real.sources.length).toBeGreaterThan(0);
    for (const source of real.sources) {
      expect(source.date).toMatch(/^\d{4}-\d{2}-\d{2}$/u);
      expect(source).toMatchObject({
        what: expect.stringMatching(/./u),
        version: expect.stringMatching(/./u),
        licence: expect.stringMatching(/./u),
      });
    }
    const types = rows.resources.map(({ type }) => type);
    expect(Object.keys(real.resources).sort()).toEqual([...types].sort());
  });
});

describe("a difference that the comparison would not see", () => {
  const rows = new Map(
    [...digitaloceanRows.resources, ...cloudflareRows.resources].map((row) => [row.type, row]),
  );
  const rowOf = (type: string): ResourceRow => {
    const row = rows.get(type);
    if (row === undefined) throw new Error(`No row for ${type}.`);
    return row;
  };
  const realOf = (type: string): Declared =>
    declaredOf(
      { ...declaredBy("digitalocean").resources, ...declaredBy("cloudflare").resources },
      type,
    );
  const withProperty = (type: string, key: string, change: Partial<PropertyRow>): ResourceRow => {
    const row = rowOf(type);
    const property = { ...row.properties[key], ...change } as PropertyRow;
    return { ...row, properties: { ...row.properties, [key]: property } };
  };

  it.each<readonly [string, string, ResourceRow]>([
    ["a wrong kind", DATABASE, withProperty(DATABASE, "nodeCount", { kind: "string" })],
    ["an input too many", DATABASE, withProperty(DATABASE, "colour", { kind: "string" })],
    ["a required one", DATABASE, withProperty(DATABASE, "version", { required: true })],
    ["a replacement", DATABASE, withProperty(DATABASE, "size", { replaces: true })],
    ["a secret", DATABASE, withProperty(DATABASE, "host", { secret: true })],
    [
      "an output that can be set",
      DATABASE,
      withProperty(DATABASE, "host", { output: false as true }),
    ],
    ["a timeout", DATABASE, { ...rowOf(DATABASE), timeouts: { create: 1800, delete: 60 } }],
    ["another default", DATABASE, { ...rowOf(DATABASE), timeouts: { create: 60 } }],
    ["computed", R2_BUCKET, withProperty(R2_BUCKET, "name", { computed: true })],
    ["stable", R2_BUCKET, { ...rowOf(R2_BUCKET), stableOutputs: [] }],
  ])("%s in a row", (_, type, row) => {
    expect(differences(rowOf(type), realOf(type))).toEqual([]);
    expect(differences(row, realOf(type))).toHaveLength(1);
  });

  it.each<readonly [string, string, (real: Declared) => Declared]>([
    ["required", DATABASE, (real) => withInput(real, "version", "string required")],
    ["replace", DATABASE, (real) => withInput(real, "size", "string required replace")],
    ["secret", DATABASE, (real) => withInput(real, "size", "string required secret")],
    [
      "secret and not modelled",
      DATABASE,
      (real) => withInput(real, "key", "string optional secret"),
    ],
    ["required and not modelled", DATABASE, (real) => withInput(real, "key", "string required")],
    ["computed", R2_BUCKET, (real) => withInput(real, "name", "string required computed replace")],
    ["timeouts", DATABASE, ({ timeouts: _, ...real }) => real],
    ["stable", R2_BUCKET, (real) => ({ ...real, stable: [] })],
  ])("%s in a declaration", (_, type, change) => {
    expect(differences(rowOf(type), change(realOf(type)))).toHaveLength(1);
  });

  it.each<readonly [string, object]>([
    ["a required input more", { required: ["engine", "nodeCount", "plan", "region", "size"] }],
    ["a required input less", { required: ["engine", "nodeCount", "region"] }],
    [
      "a secret more",
      { secrets: ["host", "password", "privateUri", "uiPassword", "uiUri", "uri"] },
    ],
    ["a secret less", { secrets: ["password", "privateUri", "uiPassword", "uiUri"] }],
    ["an input less", { inputs: Object.keys(realOf(DATABASE).inputs).slice(1) }],
  ])("%s in the SDK", (_, change) => {
    const sdk = sdkTypes("digitalocean", [DATABASE]).get(DATABASE);
    if (sdk === undefined) throw new Error("The SDK was not read.");
    expect(sdkDifferences(realOf(DATABASE), { ...sdk, ...change })).toHaveLength(1);
  });
});

describe.each(CLOUDS)("an update of the provider %s that nobody looked into", (cloud) => {
  const { resources } = declaredBy(cloud);
  const installed = sdkTypes(cloud, Object.keys(resources));

  it.each(Object.entries(resources))("%s", (type, real) => {
    const sdk = installed.get(type);
    expect(sdk?.inputs.length).toBeGreaterThan(0);
    expect(sdkDifferences(real, sdk as NonNullable<typeof sdk>)).toEqual([]);
  });
});

/** Secret, and null for Postgres and Valkey in the real provider's state (measured 2026-11-28). */
const NULL_SECRETS: Readonly<Record<string, readonly string[]>> = {
  [DATABASE]: ["uiPassword", "uiUri"],
  [USER]: ["accessCert", "accessKey"],
};

it("a resource answers every output that the real one always has, secret where it is secret", async () => {
  const { resources } = declaredBy("digitalocean");
  for (const [type, { outputs }] of await oneOfEach(new Cloud())) {
    const real = resources[type];
    // Cloudflare's do not declare which properties are always there.
    if (real === undefined) continue;
    const nulls = NULL_SECRETS[type] ?? [];
    const missing = real.always?.filter((key) => !(key in outputs) && !nulls.includes(key));
    expect({ type, missing }).toEqual({ type, missing: [] });
    for (const key of nulls) expect(outputs).not.toHaveProperty(key);
    for (const [key, flags] of Object.entries(real.outputs))
      if (flags.includes("secret") && !nulls.includes(key))
        expect(outputs[key]).toBeInstanceOf(Secret);
  }
});

function declaredOf(resources: Readonly<Record<string, Declared>>, type: string): Declared {
  const real = resources[type];
  if (real === undefined) throw new Error(`The real provider has no type ${type}.`);
  return real;
}

function withInput(real: Declared, key: string, flags: string): Declared {
  return { ...real, inputs: { ...real.inputs, [key]: flags } };
}
