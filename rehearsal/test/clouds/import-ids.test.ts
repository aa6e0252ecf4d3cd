import { describe, expect, it } from "vitest";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../clouds/digitalocean/rows.ts";
import type { Properties } from "../../providers/provider.ts";
import { Secret } from "../../../plan/values.ts";
import { ACCOUNT, Cloud, type Made, ZONE } from "./cloud.ts";
import { declaredBy } from "./declared.ts";
import * as types from "./standard.ts";

/** Import id of each type, from the providers' own pages; undefined if there is no importer. */
const IDS: Readonly<Record<string, (made: Made) => string | undefined>> = {
  [types.VPC]: ({ id }) => id,
  [types.CLUSTER]: ({ id }) => id,
  [types.NODE_POOL]: ({ id }) => id,
  [types.DATABASE]: ({ id }) => id,
  [types.PROJECT]: ({ id }) => id,
  [types.UPTIME_CHECK]: ({ id }) => id,
  [types.MONITOR_ALERT]: ({ id }) => id,
  [types.TAG]: ({ outputs }) => text(outputs, "name"),
  [types.USER]: member,
  [types.DB]: member,
  [types.POOL]: member,
  [types.REPLICA]: member,
  [types.FIREWALL]: ({ outputs }) => text(outputs, "clusterId"),
  [types.SETTINGS]: ({ outputs }) => text(outputs, "clusterId"),
  [types.VALKEY_SETTINGS]: ({ outputs }) => text(outputs, "clusterId"),
  [types.UPTIME_ALERT]: ({ id, outputs }) => `${text(outputs, "checkId")},${id}`,
  [types.SPACES_BUCKET]: () => "fra1,media",
  [types.SPACES_CORS]: () => "fra1,media",
  [types.PROJECT_RESOURCES]: () => undefined,
  [types.SPACES_KEY]: () => undefined,
  [types.RECORD]: ({ id }) => `${ZONE}/${id}`,
  [types.TUNNEL]: ({ id }) => `${ACCOUNT}/${id}`,
  [types.TUNNEL_CONFIG]: ({ outputs }) => `${ACCOUNT}/${text(outputs, "tunnelId")}`,
  [types.RULESET]: ({ id }) => `zones/${ZONE}/${id}`,
  [types.ZONE_SETTING]: () => `${ZONE}/ssl`,
  [types.BOTS]: () => ZONE,
  [types.TIERS]: () => ZONE,
  [types.SMART_TIERS]: () => ZONE,
  [types.R2_BUCKET]: () => `${ACCOUNT}/media/default`,
  [types.R2_CUSTOM_DOMAIN]: () => undefined,
  [types.R2_CORS]: () => undefined,
  [types.R2_LIFECYCLE]: () => undefined,
  [types.R2_LOCK]: () => undefined,
  [types.ACCOUNT_TOKEN]: ({ id }) => `${ACCOUNT}/${id}`,
  [types.WORKERS_SCRIPT]: () => `${ACCOUNT}/purge`,
  [types.WORKERS_ROUTE]: ({ id }) => `${ZONE}/${id}`,
};

const ROWS = [...digitaloceanRows.resources, ...cloudflareRows.resources];

/** Imports as the engine does: a read without inputs, then a Check of the program's. */
async function imported(cloud: Cloud, made: Made, id: string) {
  const provider = await cloud.provider(made.ref.type);
  return await provider.read(made.ref, id, { inputs: undefined, outputs: {} });
}

/** The program's inputs: the checked ones without those that the provider added. */
function given({ inputs: { __defaults: filled, ...inputs } }: Made): Properties {
  return Object.fromEntries(
    Object.entries(inputs).filter(([key]) => !(filled as readonly string[]).includes(key)),
  );
}

describe("an import by an id that the real provider does not take", () => {
  it.each(ROWS.map(({ type }) => type))("%s", async (type) => {
    const cloud = new Cloud();
    const made = (await types.oneOfEach(cloud)).get(type);
    if (made === undefined) throw new Error(`No ${type} among one of each.`);
    const id = IDS[type]?.(made);
    if (id === undefined) {
      await expect(imported(cloud, made, made.id)).rejects.toThrow(/^Resource Import Not Implem/u);
      // A refresh is no import.
      expect(await cloud.read(made)).toMatchObject({ id: made.id });
      return;
    }
    const found = await imported(cloud, made, id);
    expect(found?.id).toBe(made.id);
    for (const wrong of [`${id}x`, ...(made.id === id ? [] : [made.id])])
      expect(await imported(cloud, made, wrong)).toBeUndefined();
  });

  it("and every type is in the table", () => {
    expect(Object.keys(IDS).sort()).toEqual(ROWS.map(({ type }) => type).sort());
  });
});

describe("an import after which the plan is other than the real provider's", () => {
  it("of every type: nothing, where the program says what it said", async () => {
    const cloud = new Cloud();
    for (const made of (await types.oneOfEach(cloud)).values()) {
      const { type, name } = made.ref;
      const id = IDS[type]?.(made);
      if (id === undefined) continue;
      const found = await imported(cloud, made, id);
      const state = { ...made, inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
      // The same row's Check accepts the cloud's answer.
      await cloud.check(type, name, state.inputs, state.inputs);
      const diff = await cloud.diff(state, given(made));
      expect({ type, detailed: diff.detailed }).toEqual({ type, detailed: {} });
    }
  });

  it.each<readonly [string, Properties, readonly string[]]>([
    [
      types.DATABASE,
      {
        ...types.valkeyInputs,
        maintenanceWindows: [{ day: "sunday", hour: "04:00:00" }],
        storageAutoscale: { enabled: true, thresholdPercent: 80, incrementGib: 10 },
      },
      ["storageAutoscale", "evictionPolicy", "maintenanceWindows"],
    ],
    [
      types.TUNNEL,
      { ...types.tunnelInputs, tunnelSecret: new Secret("a".repeat(64)) },
      ["tunnelSecret"],
    ],
  ])("of %s: an update of what no import reads", async (type, news, changed) => {
    const cloud = new Cloud();
    const made = await cloud.make(type, "it", news);
    const found = await imported(cloud, made, String(IDS[type]?.(made)));
    const state = { ...made, inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
    const diff = await cloud.diff(state, news);
    expect(diff.replaces).toEqual([]);
    expect(Object.keys(diff.detailed).sort()).toEqual([...changed].sort());
    // A refresh reads them, because the state has them.
    expect(await cloud.read(made)).toMatchObject({ outputs: made.outputs });
  });

  it("a token's value is in no import, and no refresh brings it back", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(types.ACCOUNT_TOKEN, "key", types.tokenInputs);
    const found = await imported(cloud, made, `${ACCOUNT}/${made.id}`);
    expect(found?.outputs).not.toHaveProperty("value");
    expect((await cloud.read({ ...made, ...found }))?.outputs).not.toHaveProperty("value");
    expect((await cloud.read(made))?.outputs).toHaveProperty("value");
  });
});

describe("a row that nobody can tell the age of", () => {
  it.each(ROWS.map((row) => [row.type, row.asOf] as const))("%s", (type, { date, of }) => {
    const { sources } = declaredBy(type.startsWith("cloudflare:") ? "cloudflare" : "digitalocean");
    expect(sources.map((source) => source.date)).toContain(date);
    expect(of).toMatch(/^[\w-]+\/[\w-]+ [0-9a-f]{8,} \(\d+\.\d+\.\d+\)$/u);
  });
});

function text(properties: Properties, key: string): string {
  const value = properties[key];
  if (typeof value !== "string") throw new Error(`${key} is no text.`);
  return value;
}

/** A member of a database. */
function member({ outputs }: Made): string {
  return `${text(outputs, "clusterId")},${text(outputs, "name")}`;
}
