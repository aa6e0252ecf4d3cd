import { expect, it } from "vitest";
import type { CloudflarePlan } from "../../../facts/cloudflare/plans.ts";
import { zoneOf } from "../../edge/zone-view.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import type { Properties } from "../../providers/provider.ts";
import { Cloud } from "../clouds/cloud.ts";
import { RULESET } from "../clouds/standard.ts";
import { ofType } from "../../../test/stack/views.ts";

it.each<CloudflarePlan>(["free", "pro", "business"])(
  "the edge reads each rule of production's plan as the provider sends it: %s",
  async (plan) => {
    const raw = readStackFile();
    const zone = raw["cloudflare"] as { readonly zoneId: string };
    const planned = await planStack({ ...raw, cloudflare: { ...zone, plan } });
    const cloud = new Cloud();
    cloud.world.zonePlans.set(zone.zoneId, plan);
    for (const { name, inputs } of ofType(planned, RULESET))
      await cloud.make(RULESET, name, inputs as Properties);
    const rules = Object.values(zoneOf(cloud.world, zone.zoneId).rules).flat();
    expect(rules.length).toBeGreaterThan(10);
  },
);
