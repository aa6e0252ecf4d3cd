import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { dashboard } from "../../observability/dashboard.ts";
import { ALERTS, ruleGroups, runbookUrl } from "../../observability/rules.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { theResource } from "../stack/views.ts";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

const headings = [...read("docs/runbook.md").matchAll(/^## (.+)$/gmu)].map(([, text]) => text!);

test.each(ALERTS.map((alert) => [alert.name, alert] as const))(
  "%s says what to do, on a heading that is there: at night nobody searches",
  (_name, { runbook }) => {
    expect(headings).toContain(runbook);
  },
);

test("each heading of the runbook is some alert's: one that nobody is sent to grows stale", () => {
  expect(headings.filter((heading) => !ALERTS.some(({ runbook }) => runbook === heading))).toEqual(
    [],
  );
  expect(runbookUrl("A Service without pods")).toBe("docs/runbook.md#a-service-without-pods");
});

test("alerts have names of their own: of two with one name, one is never seen", () => {
  const names = ALERTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^Mastodon[A-Z][A-Za-z]+$/u);
});

test("what wakes somebody has been seen to fire: a rule with a mistyped name sleeps through the night, too", () => {
  const { tests } = parse(read("observability/rules.test.yaml")) as {
    readonly tests: readonly {
      readonly alert_rule_test: readonly {
        readonly alertname: string;
        readonly exp_alerts: readonly unknown[];
      }[];
    }[];
  };
  const fired = tests
    .flatMap((each) => each.alert_rule_test)
    .filter(({ exp_alerts: expected }) => expected.length > 0)
    .map(({ alertname }) => alertname);
  expect(
    ALERTS.filter(({ severity, name }) => severity === "page" && !fired.includes(name)),
  ).toEqual([]);
});

test("every queue's lateness is watched once", async () => {
  const { EVERY_QUEUE } = await import("../../facts/mastodon/minors.ts");
  const watched = ALERTS.filter(({ name }) => name.startsWith("MastodonQueueLate")).flatMap(
    ({ expr }) => /queue=~"([^"]+)"/u.exec(expr)![1]!.split("|"),
  );
  expect(watched.sort()).toEqual([...EVERY_QUEUE].sort());
});

test("the file is what the object is", () => {
  expect(parse(read("observability/rules.yaml"))).toEqual({ groups: ruleGroups() });
  expect(JSON.parse(read("observability/dashboard.json"))).toEqual(dashboard());
});

test("no panel lies over another or has another's number: Grafana shows only one of them", () => {
  const { panels } = dashboard();
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    expect(x + w).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
});

test("each panel asks the data source that was chosen, and says what it shows", () => {
  const graphs = dashboard().panels.flatMap((panel) => ("targets" in panel ? [panel] : []));
  expect(graphs).toHaveLength(16);
  for (const { title, description, datasource, targets } of graphs) {
    expect(description, title).not.toBe("");
    expect(targets.length, title).toBeGreaterThan(0);
    for (const each of [datasource, ...targets.map((target) => target.datasource)])
      expect(each, title).toEqual({ type: "prometheus", uid: "${datasource}" });
    expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
  }
});

test("objects are made only where the config says that their definitions are there: else no update would go through", async () => {
  const without = await planStack();
  expect(
    without.resources.map(({ name }) => name).filter((name) => /observab/u.test(name)),
  ).toEqual([]);
  const plan = await planStack({
    ...readStackFile(),
    observability: { prometheusRule: true, release: "monitoring", grafanaDashboard: true },
  });
  const rule = theResource(
    plan,
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
    "observability-rules",
  );
  expect(rule.inputs).toMatchObject({
    metadata: { namespace: "mastodon", labels: { release: "monitoring" } },
    spec: { groups: ruleGroups() },
  });
  const { inputs } = theResource(plan, "kubernetes:core/v1:ConfigMap", "observability-dashboard");
  expect(inputs).toMatchObject({ metadata: { labels: { grafana_dashboard: "1" } } });
  expect(JSON.parse((inputs["data"] as Record<string, string>)["mastodon.json"]!)).toEqual(
    dashboard(),
  );
});
