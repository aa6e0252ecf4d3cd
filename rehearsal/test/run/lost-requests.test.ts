import { describe, expect, it } from "vitest";
import { checkLoad, type Sent } from "../../checks/load.ts";

const sent = (kept: boolean, more: Partial<Sent> = {}): Sent => ({
  ...{ target: "web", kept, sent: 100, lost: 0, told: [] },
  ...more,
});

describe("requests that are lost while pods come and go", () => {
  it("are none where each was answered", () => {
    expect(checkLoad("a drain", ["web"], [sent(true), sent(false)])).toMatchObject({
      passed: true,
      detail: "200 requests, 0 lost",
    });
  });

  it("are told with their kind of connection, for how long, and why", () => {
    const lost = {
      ...{ lost: 2, first: 1_000, last: 3_500 },
      told: [
        { at: 1_000, error: "ECONNRESET" },
        { at: 3_500, error: "503" },
      ],
    };
    const { passed, detail } = checkLoad("a drain", ["web"], [sent(true, lost), sent(false)]);
    expect(passed).toBe(false);
    expect(detail).toBe("web, kept connections: 2 of 100 lost within 2.5 s (ECONNRESET, 503)");
  });

  it("are those that a kept connection's end took, once in a hundred, and no other kind", () => {
    const reset = { lost: 1, first: 1, last: 1, told: [{ at: 1, error: "ECONNRESET" }] };
    const check = (kept: Partial<Sent>, fresh: Partial<Sent>) =>
      checkLoad("a drain", ["web"], [sent(true, kept), sent(false, fresh)]);
    expect(check(reset, {})).toMatchObject({
      passed: true,
      detail: "200 requests, 0 lost, 1 on kept connections to be sent again",
    });
    expect(check({}, reset).passed).toBe(false);
    expect(check({ ...reset, lost: 2 }, {}).passed).toBe(false);
    expect(check({ ...reset, told: [{ at: 1, error: "502" }] }, {}).passed).toBe(false);
  });

  it("can't hide behind a load that asked nobody", () => {
    const { passed, detail } = checkLoad("a drain", ["web", "assets"], [sent(true), sent(false)]);
    expect(passed).toBe(false);
    expect(detail).toContain("assets, new connections: only 0 requests were sent");
  });
});
