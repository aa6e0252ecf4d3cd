import { describe, expect, it } from "vitest";
import { Cloud, untold } from "./cloud.ts";
import {
  CLUSTER,
  clusterInputs,
  DATABASE,
  MONITOR_ALERT,
  monitorAlertInputs,
  postgresInputs,
  PROJECT,
  PROJECT_RESOURCES,
  told,
  UPTIME_ALERT,
  UPTIME_CHECK,
  uptimeAlertInputs,
} from "./standard.ts";
import { loseCluster } from "../../clouds/mishaps.ts";

const TARGET = { target: "https://social.example/health" };

describe("an alert that the real one would refuse", () => {
  it.each([
    [{ comparison: "GreaterThan" }, "is not one of: greater_than, less_than"],
    [{ period: "1m" }, "is not one of: 2m, 3m, 5m, 10m, 15m, 30m, 1h"],
    [{ type: "downGlobal" }, "is not one of: latency, down, down_global, ssl_expiry"],
  ])("of a check: %j", async (change, words) => {
    const inputs = { ...uptimeAlertInputs, checkId: "one", ...change };
    expect((await new Cloud().refusals(UPTIME_ALERT, inputs)).join()).toContain(words);
  });

  it.each([
    [{ type: "ssl_expiry", threshold: undefined }, "threshold: ssl_expiry needs one, in days"],
    [{ type: "ssl_expiry", threshold: 2_000 }, "threshold: 2000 is not 1 to 365 days"],
    [{ comparison: undefined }, "comparison: latency needs one"],
    [{ period: undefined }, "would never be raised"],
  ])("of a check, and no preview tells: %j", (change, words) => {
    expect(untold(UPTIME_ALERT, { ...uptimeAlertInputs, checkId: "one", ...change })).toContain(
      words,
    );
  });

  it.each([
    [{ value: 120 }, "120 is more than 100 percent"],
    [{ entities: [] }, "nothing would be watched"],
  ])("of a measure, and no preview tells: %j", (change, words) => {
    expect(
      untold(MONITOR_ALERT, { ...monitorAlertInputs, entities: ["one"], ...change }),
    ).toContain(words);
  });

  it.each([
    [{ compare: "greater_than" }, "is not one of: GreaterThan, LessThan"],
    [{ window: "15m" }, "is not one of: 5m, 10m, 30m, 1h"],
    [{ type: "v1/dbaas/alerts/cpu" }, "is not one of"],
  ])("of a measure: %j", async (change, words) => {
    const inputs = { ...monitorAlertInputs, entities: ["one"], ...change };
    expect((await new Cloud().refusals(MONITOR_ALERT, inputs)).join()).toContain(words);
  });

  it("to someone who is not of the team, in the API's own words, or to nobody", async () => {
    const cloud = new Cloud();
    const check = await cloud.make(UPTIME_CHECK, "web", TARGET);
    cloud.world.account.unverifiedEmails.add("bob@social.example");
    const to = { emails: ["ops@social.example", "bob@social.example"], slacks: [] };
    const inputs = { ...uptimeAlertInputs, checkId: check.id };
    await expect(
      cloud.make(UPTIME_ALERT, "slow", { ...inputs, notifications: [to] }),
    ).rejects.toThrow(
      /400 .* invalid value for field 'notifications\.email\[1\]': invalid email 'bob@social\.example'$/,
    );
    const measure = { ...monitorAlertInputs, entities: ["one"] };
    await expect(cloud.make(MONITOR_ALERT, "disk", { ...measure, alerts: to })).rejects.toThrow(
      /invalid email/,
    );
    const nobody = { emails: [], slacks: [] };
    await expect(cloud.make(MONITOR_ALERT, "disk", { ...measure, alerts: nobody })).rejects.toThrow(
      /500 .*Server Error/,
    );
    expect(told["emails"]).toHaveLength(1);
  });

  it("of a check that is not there, or moved to another one", async () => {
    const cloud = new Cloud();
    await expect(
      cloud.make(UPTIME_ALERT, "slow", { ...uptimeAlertInputs, checkId: "none" }),
    ).rejects.toThrow(/404/);
    const [one, other] = [
      await cloud.make(UPTIME_CHECK, "web", TARGET),
      await cloud.make(UPTIME_CHECK, "assets", TARGET),
    ];
    const alert = await cloud.make(UPTIME_ALERT, "slow", { ...uptimeAlertInputs, checkId: one.id });
    await expect(cloud.update(alert, { ...uptimeAlertInputs, checkId: other.id })).rejects.toThrow(
      /404/,
    );
    await cloud.remove(one);
    expect(await cloud.read(alert)).toBeUndefined();
  });
});

describe("a project that the real one would refuse", () => {
  it("deleted with something in it", async () => {
    const cloud = new Cloud();
    const project = await cloud.make(PROJECT, "social", {});
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const members = await cloud.make(PROJECT_RESOURCES, "members", {
      project: project.id,
      resources: [pg.outputs["clusterUrn"]],
    });
    await expect(cloud.remove(project)).rejects.toThrow(
      /412 .* cannot delete a project with resources$/,
    );
    await cloud.remove(members);
    await cloud.remove(project);
  });

  it("a resource that two projects claim: each update would take it from the other", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const resources = [pg.outputs["clusterUrn"]];
    const one = await cloud.make(PROJECT, "one", { resources });
    await expect(
      cloud.make(PROJECT_RESOURCES, "members", { project: one.id, resources }),
    ).rejects.toThrow(/is in the resources of a Project too/);
  });

  it("forgets at a refresh what is gone, and shows it as a change", async () => {
    const cloud = new Cloud();
    const cluster = await cloud.make(CLUSTER, "doks", clusterInputs);
    const project = await cloud.make(PROJECT, "social", {});
    const resources = [cluster.outputs["clusterUrn"]];
    const members = await cloud.make(PROJECT_RESOURCES, "members", {
      project: project.id,
      resources,
    });
    await loseCluster(cloud.world);
    expect((await cloud.read(members))?.outputs["resources"]).toEqual([]);
  });
});
