import { expect, it } from "vitest";
import type { Properties } from "../../providers/provider.ts";
import { Cloud, type Made } from "./cloud.ts";
import {
  CLUSTER,
  clusterInputs,
  DATABASE,
  MONITOR_ALERT,
  monitorAlertInputs,
  NODE_POOL,
  postgresInputs,
  PROJECT,
  PROJECT_RESOURCES,
  REPLICA,
  SETTINGS,
  SPACES_BUCKET,
  SPACES_CORS,
  spaceInputs,
  UPTIME_ALERT,
  UPTIME_CHECK,
  uptimeAlertInputs,
  VALKEY_SETTINGS,
  valkeyInputs,
  VPC,
  vpcInputs,
  withSpacesKeys,
} from "./standard.ts";

/**
 * Single changes, with the result of the real DigitalOcean plugin, over
 * terraform-provider-digitalocean v2.99.1, 2026-11-28. They were measured, or read in its source if
 * that is named. The rows must do the same.
 */

/** Result of a change: none, an update, a refusal by Check, by Diff, or only by the API. */
type Verdict =
  | "none"
  | "update"
  | { readonly check: RegExp }
  | { readonly diff: RegExp }
  | { readonly api: RegExp };

const notOneOf = (key: string): Verdict => ({ check: new RegExp(`^${key}: .* is not one of: `) });
const pool = { clusterId: "", size: "s-4vcpu-8gb", nodeCount: 2 };
const scaled = { ...pool, nodeCount: undefined, autoScale: true, minNodes: 1, maxNodes: 3 };
const windows = (hour: string) => ({ maintenanceWindows: [{ day: "tuesday", hour }] });
const cors = { bucket: "media", region: "fra1", corsRules: [] };
const alert = { ...uptimeAlertInputs, checkId: "" };
const measure = { ...monitorAlertInputs, entities: ["one"] };
const members = { project: "", resources: [] };
const check = { target: "https://social.example/health" };
const settings = { clusterId: "", backupHour: 3 };
const valkeySettings = { clusterId: "", persistence: "rdb" };

/** Type, initial inputs, their change (`undefined` removes), and the real plugin's result. */
const TABLE: readonly (readonly [string, Properties, Properties, Verdict])[] = [
  [
    DATABASE,
    postgresInputs,
    { version: undefined },
    {
      diff: /^The argument "version" is now required\. Set the pg version to the value saved to state: 17$/,
    },
  ],
  [DATABASE, valkeyInputs, { version: undefined }, "none"],
  [DATABASE, valkeyInputs, { version: "7" }, "none"], // `DiffSuppressFunc` of `version`.
  [
    DATABASE,
    postgresInputs,
    { evictionPolicy: "noeviction" },
    { diff: /^eviction_policy is only supported for Redis or Valkey Database Clusters$/ },
  ],
  [DATABASE, valkeyInputs, { engine: "mysql" }, { diff: /^eviction_policy is only supported/ }],
  [DATABASE, { ...postgresInputs, ...windows("13:00") }, windows("13:00:00"), "none"],
  [DATABASE, { ...postgresInputs, ...windows("13:00:00") }, windows("13:30:00"), "update"],
  [
    DATABASE,
    { ...postgresInputs, ...windows("13:00") },
    { maintenanceWindows: [{ day: "someday", hour: "13:00" }] },
    { check: /someday is no day of the week/ }, // `IsDayOfTheWeek`
  ],
  [DATABASE, postgresInputs, { size: "db-s-9" }, { api: /size: db-s-9 is not offered for pg/ }],
  [DATABASE, postgresInputs, { region: "mars1" }, { api: /region: mars1 is not offered/ }],
  [DATABASE, postgresInputs, { nodeCount: 4 }, { api: /nodeCount: 4 is not offered/ }],
  [REPLICA, { clusterId: "" }, {}, "none"],
  [CLUSTER, clusterInputs, { nodePool: { name: "base", size: "s-2vcpu-4gb" } }, "none"],
  [
    CLUSTER,
    clusterInputs,
    { nodePool: { name: "base", size: "s-2vcpu-4gb", autoScale: true } },
    { api: /nodePool\.autoScale: needs minNodes and maxNodes/ },
  ],
  [CLUSTER, clusterInputs, { ha: true, region: "fra1" }, "update"],
  [NODE_POOL, pool, { nodeCount: undefined }, "none"],
  [NODE_POOL, pool, { autoScale: true }, { api: /autoScale: needs minNodes and maxNodes/ }],
  [NODE_POOL, pool, { nodeCount: 3 }, "update"],
  [NODE_POOL, scaled, { nodeCount: 1 }, "none"], // The current value, so the change is suppressed.
  [SPACES_BUCKET, spaceInputs, { region: "ric1" }, notOneOf("region")],
  [SPACES_BUCKET, spaceInputs, { region: "mkc1" }, notOneOf("region")],
  [SPACES_CORS, cors, { region: "ric1" }, notOneOf("region")],
  [SETTINGS, settings, { defaultToastCompression: "zstd" }, notOneOf("defaultToastCompression")],
  [SETTINGS, settings, { defaultToastCompression: "pglz" }, "update"],
  [SETTINGS, settings, { logErrorVerbosity: "terse" }, notOneOf("logErrorVerbosity")],
  [SETTINGS, settings, { logLinePrefix: "%m" }, notOneOf("logLinePrefix")],
  [SETTINGS, settings, { logLinePrefix: "%m [%p] %q[user=%u,db=%d,app=%a]" }, "update"],
  [SETTINGS, settings, { trackCommitTimestamp: "yes" }, notOneOf("trackCommitTimestamp")],
  [SETTINGS, settings, { trackFunctions: "top" }, notOneOf("trackFunctions")],
  [SETTINGS, settings, { sharedBuffersPercentage: 70 }, { check: /70 is not 20 to 60/ }],
  [SETTINGS, settings, { pgbouncers: ["a"] }, { check: /^pgbouncers\.0: must be a map/ }],
  [SETTINGS, settings, { timescaledbs: [1] }, { check: /^timescaledbs\.0: must be a map/ }],
  [SETTINGS, settings, { backupMinute: 0 }, "none"],
  [SETTINGS, settings, { backupHour: 24 }, { api: /backupHour: 24 is not 0 to 23/ }],
  [
    VALKEY_SETTINGS,
    valkeySettings,
    { valkeyMaxmemoryPolicy: "allkeys_lru" },
    notOneOf("valkeyMaxmemoryPolicy"),
  ],
  [VALKEY_SETTINGS, valkeySettings, { frequentSnapshots: true }, "update"],
  [VALKEY_SETTINGS, valkeySettings, { valkeyActiveExpireEffort: 5 }, "update"],
  [
    VALKEY_SETTINGS,
    valkeySettings,
    { valkeyActiveExpireEffort: 11 },
    { check: /11 is not 1 to 10/ },
  ],
  [VALKEY_SETTINGS, valkeySettings, { lfuLogFactor: 101 }, { check: /101 is not 1 to 100/ }],
  [VALKEY_SETTINGS, valkeySettings, { lfuDecayTime: 121 }, { check: /121 is not 1 to 120/ }],
  [VALKEY_SETTINGS, valkeySettings, { notifyKeyspaceEvents: "Q" }, { check: /at most 32 of/ }],
  [VALKEY_SETTINGS, valkeySettings, { notifyKeyspaceEvents: "KEA" }, "update"],
  [PROJECT, {}, { resources: ["one"] }, { api: /resources\.0: one is no URN/ }],
  [PROJECT_RESOURCES, members, { resources: ["one"] }, { api: /resources\.0: one is no URN/ }],
  [PROJECT, { environment: "Production" }, { environment: "production" }, "none"],
  [UPTIME_CHECK, check, { regions: ["mars"] }, { api: /regions\.0: mars is not offered/ }],
  [UPTIME_ALERT, alert, { period: undefined }, { api: /period: .* never be raised/ }],
  [MONITOR_ALERT, measure, { entities: undefined }, { api: /entities: none, and no tags/ }],
  [VPC, vpcInputs, { description: "the net" }, "update"],
];

it.each(TABLE)("%s %j with %j, as the real plugin", async (type, inputs, change, verdict) => {
  const cloud = new Cloud();
  await withSpacesKeys(cloud);
  const base = await inputsIn(cloud, type, inputs);
  const made = await cloud.make(type, "it", base);
  const news = { ...base, ...change };
  if (typeof verdict === "object" && "check" in verdict) {
    const [refused = "accepted"] = await cloud.refusals(type, news);
    expect(refused).toMatch(verdict.check);
    return;
  }
  const diff = cloud.diff(made, news);
  if (typeof verdict === "object" && "diff" in verdict) {
    await expect(diff).rejects.toThrow(verdict.diff);
    return;
  }
  const { changes, replaces } = await diff;
  if (verdict === "none" || verdict === "update") {
    expect({ changes, replaces }).toEqual({ changes: verdict === "update", replaces: [] });
    return;
  }
  // A preview of a change and of a creation passes; the operations fail.
  await cloud.update(made, news, true);
  await cloud.preview(type, "other", news);
  await expect(cloud.update(made, news)).rejects.toThrow(verdict.api);
  await expect(cloud.make(type, "other", news)).rejects.toThrow(verdict.api);
});

it("a creation without a version is refused before anything is asked for, with an eviction policy of the wrong engine too", async () => {
  const cloud = new Cloud();
  await expect(
    cloud.preview(DATABASE, "pg", { ...postgresInputs, version: undefined }),
  ).rejects.toThrow('The argument "version" is required, but no definition was found.');
  await expect(
    cloud.make(DATABASE, "pg", { ...postgresInputs, evictionPolicy: "noeviction" }),
  ).rejects.toThrow(/^eviction_policy is only supported/);
  expect(cloud.world.inventory()).toEqual([]);
});

it.each([
  ["db-s-1vcpu-1gb", "10240"],
  ["db-s-1vcpu-2gb", "30720"],
  ["db-s-2vcpu-4gb", "61440"],
  ["db-s-4vcpu-8gb", "143360"],
])("%s has a disk of its own where none is asked for, and so has a replica", async (size, mib) => {
  const cloud = new Cloud();
  const pg = await cloud.make(DATABASE, "pg", { ...postgresInputs, size });
  const replica = await cloud.make(REPLICA, "replica", { clusterId: pg.id, size });
  expect([pg, replica].map(({ outputs }) => outputs["storageSizeMib"])).toEqual([mib, mib]);
});

it("a plan of which nobody has said the disk is refused, not given a made-up one", async () => {
  const inputs = { ...postgresInputs, size: "db-s-6vcpu-16gb" };
  await expect(new Cloud().make(DATABASE, "pg", inputs)).rejects.toThrow(
    /knows no disk of the plan db-s-6vcpu-16gb/,
  );
  await new Cloud().make(DATABASE, "pg", { ...inputs, storageSizeMib: "307200" });
});

it("a replica is asked for again for 20 minutes while the first backup is being made", async () => {
  const cloud = new Cloud();
  const pg = await cloud.make(DATABASE, "pg", postgresInputs);
  let waited = 0;
  cloud.clock.wait = async (seconds) => void (waited += seconds);
  cloud.world.account.withoutBackup.add(pg.id);
  await expect(cloud.make(REPLICA, "replica", { clusterId: pg.id })).rejects.toThrow(/412/);
  expect(waited).toBe(20 * 60);
});

/** The inputs, after their dependencies are created. */
async function inputsIn(cloud: Cloud, type: string, inputs: Properties): Promise<Properties> {
  const id = async (made: Promise<Made>): Promise<string> => (await made).id;
  switch (type) {
    case REPLICA:
    case SETTINGS:
      return { ...inputs, clusterId: await id(cloud.make(DATABASE, "pg", postgresInputs)) };
    case VALKEY_SETTINGS:
      return { ...inputs, clusterId: await id(cloud.make(DATABASE, "valkey", valkeyInputs)) };
    case NODE_POOL:
      return { ...inputs, clusterId: await id(cloud.make(CLUSTER, "doks", clusterInputs)) };
    case UPTIME_ALERT:
      return { ...inputs, checkId: await id(cloud.make(UPTIME_CHECK, "web", check)) };
    case PROJECT_RESOURCES:
      return { ...inputs, project: await id(cloud.make(PROJECT, "social", {})) };
    case SPACES_CORS:
      await cloud.make(SPACES_BUCKET, "media", spaceInputs);
      return inputs;
    default:
      return inputs;
  }
}
