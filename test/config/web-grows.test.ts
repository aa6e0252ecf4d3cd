import { describe, expect, test } from "vitest";
import { parseConfig } from "../../input/parse.ts";
import { cured, Refusal } from "../../domain/fault.ts";

const WHO = {
  domain: "example.social",
  webDomain: "example.social",
  region: "nyc3",
  cluster: { version: "1.35.1-do.6" },
  cloudflare: { accountId: "a".repeat(32), zoneId: "b".repeat(32) },
};

function refusalOf(raw: Readonly<Record<string, unknown>>): Refusal | undefined {
  try {
    parseConfig(raw);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

describe("more pods that always run never take the autoscaler away without a word", () => {
  test.each([
    ["medium", { replicas: 3 }],
    ["medium", { replicas: 4, threads: 6 }],
    ["large", { replicas: 8 }],
  ] as const)("%s with web %o is refused, and either cure is accepted", (profile, web) => {
    const raw = { ...WHO, profile, web };
    const refusal = refusalOf(raw);
    expect(refusal?.faults.map(({ code, key }) => [code, key])).toEqual([
      ["autoscaler-lost", "web.replicas"],
    ]);
    const [grows, stays] = refusal!.faults[0]!.cures;
    const grown = parseConfig(cured(raw, grows!)).web;
    expect(grown.maxReplicas).toBe(web.replicas);
    expect(grown.replicas).toBeLessThan(grown.maxReplicas);
    const { replicas, maxReplicas } = parseConfig(cured(raw, stays!)).web;
    expect([replicas, maxReplicas]).toEqual([web.replicas, web.replicas]);
  });

  test.each([
    ["medium", { replicas: 2 }],
    ["medium", { replicas: 1 }],
    ["medium", { replicas: 3, maxReplicas: 3 }],
    // Never autoscaled.
    ["small", { replicas: 3, threads: 3 }],
  ] as const)("%s with web %o is accepted", (profile, web) => {
    expect(refusalOf({ ...WHO, profile, web })?.message).toBeUndefined();
  });
});

test("the words name both numbers, and what each cure means for members", () => {
  expect(refusalOf({ ...WHO, profile: "medium", web: { replicas: 3 } })?.faults[0]?.message).toBe(
    'mastodon:web.replicas is 3, and mastodon:web.maxReplicas is not said: "medium" lets web grow by itself from 2 to 3 pods, and with 3 that always run it would never grow again. Set mastodon:web.replicas to 2 and mastodon:web.maxReplicas to 3 (web grows to 3 by itself when it is busy), or set mastodon:web.maxReplicas to 3 (always 3, busy or not)',
  );
});
