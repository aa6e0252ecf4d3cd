import { describe, expect, it } from "vitest";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../clouds/digitalocean/rows.ts";
import { importIdOf } from "../../clouds/importing.ts";
import { resourceAnswer } from "../../../plan/answers.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import type { PlannedResource } from "../../../plan/recorder.ts";
import type { DiffResult, Properties } from "../../providers/provider.ts";
import { reveal, Secret } from "../../../plan/values.ts";
import { Cloud, type Made } from "./cloud.ts";
import * as types from "./standard.ts";

const ROWS = new Map(
  [...digitaloceanRows.resources, ...cloudflareRows.resources].map((row) => [row.type, row]),
);

/**
 * A resource of production's plan with the program's inputs, in which this world's values replace
 * the plan's.
 */
interface Running {
  readonly made: Made;
  readonly planned: PlannedResource;
  readonly news: Properties;
}

/** Creates all resources of production's plan in the two clouds, in the plan's order. */
async function production(cloud: Cloud): Promise<readonly Running[]> {
  const { resources } = await planStack();
  const worlds = new Map<string, string>();
  const running: Running[] = [];
  for (const planned of resources.filter(({ type }) => ROWS.has(type))) {
    const { type, name, inputs } = planned;
    const news = {
      ...(translated(inputs, worlds) as Properties),
      // A plan's secrets are placeholders, and this one must have 32 bytes.
      ...(type === types.TUNNEL ? { tunnelSecret: new Secret("a".repeat(64)) } : {}),
    };
    const made = await cloud.make(type, name, news);
    const plan = resourceAnswer({ type, name, inputs: { ...inputs }, custom: true }, false);
    const pairs = Object.entries({ ...plan.state, id: plan.id });
    for (const [key, theirs] of pairs) {
      const ours = reveal(key === "id" ? made.id : made.outputs[key]);
      if (typeof theirs === "string" && typeof ours === "string" && !(key in inputs))
        worlds.set(theirs, ours);
    }
    running.push({ made, planned, news });
  }
  return running;
}

/** The longest first, because an id may be part of a longer value. */
function translated(value: unknown, worlds: ReadonlyMap<string, string>): unknown {
  if (value instanceof Secret) return new Secret(translated(value.reveal(), worlds));
  if (Array.isArray(value)) return value.map((item) => translated(item, worlds));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, translated(inner, worlds)]),
    );
  if (typeof value !== "string") return value;
  return [...worlds]
    .sort(([one], [other]) => other.length - one.length)
    .reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), value);
}

/**
 * Imports by the documented id, then runs Check and Diff with the program's inputs; undefined if
 * there is no importer.
 */
async function imported(cloud: Cloud, { made, planned, news }: Running) {
  const row = ROWS.get(made.ref.type);
  const object = cloud.world.get(made.ref.type, made.id);
  if (row === undefined || object === undefined) throw new Error(`${made.ref.urn} is gone.`);
  const id = importIdOf(row, object);
  if (id === undefined) return undefined;
  const provider = await cloud.provider(made.ref.type);
  const found = await provider.read(made.ref, id, { inputs: undefined, outputs: {} });
  if (found === undefined) throw new Error(`${made.ref.type} ${id} was not found.`);
  return await cloud.diff({ ...made, ...found }, news, planned.ignoreChanges);
}

describe("a lost state after which the program would replace what it imports", () => {
  it("of production: nothing is replaced, and no more is updated than for real", async () => {
    const cloud = new Cloud();
    const diffs = new Map<string, DiffResult | undefined>();
    for (const one of await production(cloud))
      diffs.set(`${one.made.ref.type} ${one.made.ref.name}`, await imported(cloud, one));
    expect(diffs.size).toBeGreaterThan(60);
    const changed = [...diffs].flatMap(([name, diff]) =>
      diff === undefined || !diff.changes
        ? []
        : [[name, { replaces: diff.replaces, keys: Object.keys(diff.detailed).sort() }] as const],
    );
    // As in the real plugin's preview of 2026-11-28.
    expect(Object.fromEntries(changed)).toEqual({
      [`${types.DATABASE} postgres-cluster`]: {
        replaces: [],
        keys: ["maintenanceWindows", "storageAutoscale"],
      },
      [`${types.DATABASE} valkey-cluster`]: {
        replaces: [],
        keys: ["evictionPolicy", "maintenanceWindows"],
      },
      // The program sets it, and no read returns it.
      [`${types.TUNNEL} tunnel-tunnel`]: { replaces: [], keys: ["tunnelSecret"] },
    });
    const anew = [...diffs].filter(([, diff]) => diff === undefined).map(([name]) => name);
    expect([...new Set(anew.map((name) => name.split(" ", 1)[0]))].sort()).toEqual(
      [types.PROJECT_RESOURCES, types.R2_CORS, types.R2_CUSTOM_DOMAIN, types.R2_LIFECYCLE].sort(),
    );
  });
});
