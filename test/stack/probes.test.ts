import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIVENESS, standstillSeconds } from "../../k8s/sidekiq-liveness.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { EVERY_OPTION } from "../config/every-option.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { podsOf } from "./views.ts";

interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly exec?: unknown;
}
interface Probed {
  readonly name: string;
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

const plans = await Promise.all([
  planStack(),
  planStack({ ...readStackFile(), metrics: EVERY_OPTION["metrics"] }),
]);
const pods = plans.flatMap((plan) => podsOf(plan).filter(({ kind }) => kind === "Deployment"));
const containers = pods.flatMap((pod) => pod.spec["containers"] as unknown as readonly Probed[]);

test("no probe decides when an update ends: none is put off, and the first one that counts is asked every five seconds", () => {
  expect(containers.length).toBeGreaterThan(15);
  for (const { name, startupProbe, readinessProbe, livenessProbe } of containers) {
    const probes = [startupProbe, readinessProbe, livenessProbe].filter(
      (each) => each !== undefined,
    );
    expect(probes.length, name).toBeGreaterThan(0);
    for (const { initialDelaySeconds } of probes) expect(initialDelaySeconds, name).toBeUndefined();
    const first = startupProbe ?? readinessProbe;
    // A kubelet's default interval is ten seconds.
    if (first !== undefined) expect(first.periodSeconds ?? 10, name).toBeLessThanOrEqual(5);
  }
});

test("a Sidekiq that stands still is replaced within two minutes, and none is given up before a minute without a heartbeat", () => {
  expect(standstillSeconds()).toEqual({ fewest: 100, most: 120 });
  // Measured with the earlier probe: 240 and 284 s.
  const before = { periodSeconds: 60, failureThreshold: 3, terminationGracePeriodSeconds: 60 };
  expect(standstillSeconds(before)).toEqual({ fewest: 230, most: 300 });
  expect(standstillSeconds().fewest - LIVENESS.terminationGracePeriodSeconds).toBeGreaterThan(60);
  // Running jobs get the 25 s in which Sidekiq puts them back into their queue.
  expect(LIVENESS.terminationGracePeriodSeconds).toBeGreaterThan(25);
});

test("each Sidekiq of the plan has that probe, and the runbook its figures", () => {
  const sidekiqs = containers.filter(({ name }) => name === "sidekiq");
  expect(sidekiqs.length).toBeGreaterThan(0);
  for (const { livenessProbe } of sidekiqs)
    expect(livenessProbe).toEqual({ exec: livenessProbe?.exec, ...LIVENESS });
  const { fewest, most } = standstillSeconds();
  const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
  expect(runbook).toContain(`${fewest} to ${most} s after it stopped`);
});
