import { describe, expect, test } from "vitest";
import { PROXY_HEADERS } from "../../../cdn/rules/visitor.ts";
import { Cloud } from "./cloud.ts";
import { RULESET, rulesetInputs } from "./standard.ts";

const inputsWith = (name: string, change: object) => ({
  ...rulesetInputs,
  name: "headers",
  phase: "http_request_late_transform",
  rules: [
    {
      action: "rewrite",
      expression: 'http.host eq "a"',
      actionParameters: { headers: { [name]: change } },
    },
  ],
});

describe("which headers of a request the simulated API lets a rule change", () => {
  test.each(PROXY_HEADERS)("%s may be removed", async (name) => {
    await new Cloud().make(RULESET, "headers", inputsWith(name, { operation: "remove" }));
  });

  test.each([
    ["CF-Ray", { operation: "remove" }, "Cloudflare's own"],
    ["X-CF-Secret", { operation: "remove" }, "Cloudflare's own"],
    ["Accept-Encoding", { operation: "remove" }, "forbidden"],
    ["Origin", { operation: "remove" }, "forbidden"],
    ["Proxy-Authorization", { operation: "remove" }, "forbidden"],
    ["X-Forwarded-For", { operation: "set", value: "192.0.2.1" }, "never be set"],
    ["X-Real-IP", { operation: "set", value: "192.0.2.1" }, "never be set"],
    ["X-Mine", { operation: "add", value: "a" }, "set and remove"],
    ["X Mine", { operation: "remove" }, "other characters"],
  ])("%s by %j is refused", async (name, change, words) => {
    await expect(new Cloud().make(RULESET, "headers", inputsWith(name, change))).rejects.toThrow(
      words,
    );
  });

  test("the one of Cloudflare's own that may be removed", async () => {
    const inputs = inputsWith("CF-Connecting-IP", { operation: "remove" });
    await new Cloud().make(RULESET, "headers", inputs);
  });
});
