import { expect, test } from "vitest";
import { Cloud } from "./cloud.ts";
import { RULESET, rulesetInputs } from "./standard.ts";

const keptFor = (value: number) => ({
  ...rulesetInputs,
  rules: [
    {
      action: "set_cache_settings",
      expression: 'http.host eq "a"',
      actionParameters: {
        cache: true,
        edgeTtl: { mode: "respect_origin", statusCodeTtls: [{ statusCode: 200, value }] },
      },
    },
  ],
});

test.each([86_400, 7_200, 0, -1])("a status may be kept for %i s on Free", async (value) => {
  await new Cloud().make(RULESET, "cache", keptFor(value));
});

test("and not for less than the plan's least: an up would end there, at the edge, after everything else", async () => {
  await expect(new Cloud().make(RULESET, "cache", keptFor(60))).rejects.toThrow(
    "not entitled to use an edge TTL of 60 seconds, the free plan has 7200 or more",
  );
});
