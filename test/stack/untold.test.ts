import fc from "fast-check";
import { expect, test } from "vitest";
import { apiFaults, unsentValues } from "../../rehearsal/clouds/api-faults.ts";
import { cloudflareRows } from "../../rehearsal/clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../rehearsal/clouds/digitalocean/rows.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { reveal } from "../../plan/values.ts";
import type { Properties } from "../../rehearsal/providers/provider.ts";
import { accepted } from "../config/arbitrary.ts";

const ROWS = new Map(
  [...digitaloceanRows.resources, ...cloudflareRows.resources].map((row) => [row.type, row]),
);

async function untoldOf(raw?: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const { resources } = await planStack(raw);
  return resources.flatMap(({ type, name, inputs }) => {
    const row = ROWS.get(type);
    if (row === undefined) return [];
    const plain = reveal(inputs) as Properties;
    const fault = row.planFault?.(undefined, plain);
    return [
      ...apiFaults(row, plain),
      ...unsentValues(row, plain),
      ...(fault === undefined ? [] : [fault]),
    ].map((reason) => `${name}: ${reason}`);
  });
}

test("nothing is planned that every preview accepts and the cloud then refuses, or that the provider never sends", async () => {
  expect(await untoldOf()).toEqual([]);
  await fc.assert(
    fc.asyncProperty(accepted, async (raw) => {
      expect(await untoldOf(raw)).toEqual([]);
    }),
    { numRuns: 20 },
  );
}, 120_000);
