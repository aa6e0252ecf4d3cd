import { expect, test } from "vitest";
import { planStack } from "../../plan/plan-stack.ts";
import { templateOf, theResource } from "./views.ts";

interface Probes {
  readonly startupProbe: {
    readonly exec: { readonly command: readonly string[] };
    readonly periodSeconds: number;
    readonly failureThreshold: number;
    readonly timeoutSeconds: number;
  };
  readonly readinessProbe: unknown;
  readonly livenessProbe: unknown;
}

const plan = await planStack();
const [container] = templateOf(theResource(plan, "kubernetes:apps/v1:Deployment", "streaming")).spec
  .containers;
const { startupProbe, readinessProbe, livenessProbe } = container as unknown as Probes;

test("streaming is let in by a request that takes its database: the health page says 200 without one", () => {
  const [, , script] = startupProbe.exec.command;
  expect(script).toMatch(/Authorization: Bearer \w+/u);
  expect(script).toContain("/api/v1/streaming/user");
  expect(script).toContain('"$status" = 401');
  // An answer must be faster than the probe's timeout, or it would be killed silently.
  expect(Number(/--max-time (\d+)/u.exec(script ?? "")?.[1])).toBeLessThan(
    startupProbe.timeoutSeconds,
  );
});

test("a pod that begins in the middle of a failover waits for its end instead of beginning again and again", () => {
  expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(120);
});

test("a pod that runs is asked for its health alone: a short outage of the database would restart them all", () => {
  for (const probe of [readinessProbe, livenessProbe])
    expect(probe).toMatchObject({
      httpGet: { path: "/api/v1/streaming/health" },
    });
});
