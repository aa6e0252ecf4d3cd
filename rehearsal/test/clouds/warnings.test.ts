import { describe, expect, it } from "vitest";
import { warningsCheck } from "../../checks/warnings.ts";
import { nameOf, type Operation } from "../../engine/operation.ts";
import { Cloud, ZONE } from "./cloud.ts";
import * as types from "./standard.ts";

/**
 * Types without a delete call in Cloudflare's API. DigitalOcean's settings stay, too, but its
 * plugin does not warn.
 */
const KEPT: readonly string[] = [
  types.ZONE_SETTING,
  types.TIERS,
  types.BOTS,
  types.TUNNEL_CONFIG,
  types.R2_LIFECYCLE,
  types.R2_LOCK,
];

describe("a warning of the real plugin that nobody saw in a rehearsal", () => {
  it("at the creation of what stays, and at its delete, and of nothing else", async () => {
    const cloud = new Cloud();
    const made = await types.oneOfEach(cloud);
    const urns = KEPT.map((type) => made.get(type)?.ref.urn).sort();
    expect(cloud.warned.map(([urn]) => urn).sort()).toEqual(urns);
    const atCreate = new Set(cloud.warned.splice(0).map(([, message]) => message));
    expect([...atCreate]).toEqual([
      expect.stringMatching(/^\[WARNING\] .*: Resource Destruction/u),
    ]);
    for (const type of KEPT) {
      const one = made.get(type);
      if (one !== undefined) await cloud.remove(one);
    }
    expect(cloud.warned.map(([urn]) => urn).sort()).toEqual(urns);
    for (const [, message] of cloud.warned) expect(atCreate.has(message)).toBe(false);
  });

  it("in the preview as well", async () => {
    const cloud = new Cloud();
    const inputs = { zoneId: ZONE, settingId: "ssl", value: "strict" };
    await cloud.preview(types.ZONE_SETTING, "tls", inputs);
    await cloud.preview(types.VPC, "net", types.vpcInputs);
    expect(cloud.warned.map(([urn]) => nameOf(urn))).toEqual(["tls"]);
  });
});

const urnOf = (type: string, name: string): string =>
  `urn:pulumi:prod::mastodon::mastodon:cdn:Edge$${type}::${name}`;
const TLS = urnOf(types.ZONE_SETTING, "tls");
const NET = urnOf(types.VPC, "net");
const PROGRAM = "urn:pulumi:prod::mastodon::pulumi:pulumi:Stack::mastodon-prod";

function previewed(warned: readonly string[]): Operation {
  const step = { op: "create", startedAtMs: 0, endedAtMs: 0, failed: false } as const;
  return {
    kind: "preview",
    seconds: 1,
    steps: [
      { ...step, urn: TLS, type: types.ZONE_SETTING },
      { ...step, urn: NET, type: types.VPC },
    ],
    counts: {},
    diagnostics: [],
    warned,
    failure: undefined,
  };
}

describe("a warning that drowns in those that everybody knows", () => {
  it.each([
    ["those of what stays, and the program's", [TLS, PROGRAM], true],
    ["one of something else", [TLS, NET], false],
    ["none of what stays", [PROGRAM], false],
    ["twice the same", [TLS, TLS], false],
  ])("%s", (_, warned, passed) => {
    expect(warningsCheck(previewed(warned)).passed).toBe(passed);
  });
});
