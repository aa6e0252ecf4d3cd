import { describe, expect, test } from "vitest";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { changedPlan } from "./changed-plan.ts";
import * as faults from "./pod-faults.ts";

/**
 * Pods broken on purpose in the plan. TLS and privilege are in `test/policy/rules.test.ts`. Faults
 * that only a kubelet detects are in `npm run rehearse -- node`.
 */

const plan = await planStack();
const CONTAINER = "spec.template.spec.containers.0";
const POD = "spec.template.spec";

interface Row {
  readonly what: string;
  readonly by: (plan: Plan) => readonly string[];
  readonly broken: readonly [name: string, path: string, change: (value: unknown) => unknown];
  readonly says: string;
}

const row = (
  what: string,
  by: Row["by"],
  broken: Row["broken"],
  says: string,
): readonly [string, Row] => [what, { what, by, broken, says }];

const without =
  (...names: readonly string[]) =>
  (value: unknown): unknown =>
    (value as { name: string }[]).filter(({ name }) => !names.includes(name));

const ROWS = [
  row(
    "a probe of a port that nobody opens",
    faults.deafProbes,
    ["web", `${CONTAINER}.readinessProbe.httpGet.port`, () => 8080],
    "web/puma is asked on 8080",
  ),
  row(
    "a liveness probe of such a port, which no rollout waits for",
    faults.deafProbes,
    ["assets", `${CONTAINER}.livenessProbe.httpGet.port`, () => "metrics"],
    "assets/nginx is asked on metrics",
  ),
  row(
    "a mount of a volume that is not there",
    faults.lostVolumes,
    ["assets", `${POD}.volumes`, without("config")],
    "assets/nginx mounts config",
  ),
  row(
    "a CA that is not mounted",
    faults.lostAuthorities,
    ["streaming", `${CONTAINER}.volumeMounts`, () => []],
    "streaming/streaming has no /etc/mastodon/ca",
  ),
  row(
    "no preStop: requests go to a pod that has ended",
    faults.hastyEndings,
    ["web", `${CONTAINER}.lifecycle`, () => undefined],
    "web/puma ends at once",
  ),
  row(
    "less grace than preStop takes: killed in the middle of requests",
    faults.hastyEndings,
    ["streaming", `${POD}.terminationGracePeriodSeconds`, () => 10],
    "streaming/streaming has 10 s, and waits 10 s",
  ),
  row(
    "a rollout that takes a pod away first",
    faults.thinRollouts,
    ["web", "spec.strategy.rollingUpdate.maxUnavailable", () => 1],
    "web may lack 1",
  ),
  row(
    "a start that is given up before Ruby is up",
    faults.shortStarts,
    ["web", `${CONTAINER}.startupProbe.failureThreshold`, () => 3],
    "web/puma has 15 s",
  ),
  row(
    "a PriorityClass that is not there",
    faults.lostPriorities,
    ["web", `${POD}.priorityClassName`, () => "mastodon-serving"],
    "web is of mastodon-serving",
  ),
];

describe("no pod of the plan has", () => {
  test.each(ROWS)("%s", (_what, { by, broken: [name, path, change], says }) => {
    expect(by(plan)).toEqual([]);
    expect(by(changedPlan(plan, name, path, change))).toContain(says);
  });
});
