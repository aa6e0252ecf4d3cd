import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { adoptionOf } from "../../../ops/drift/adopt.ts";
import { driftOf } from "../../../ops/drift/differences.ts";
import { refreshedIn } from "../../../ops/drift/refreshed.ts";
import { readEngineLog, type EngineRun } from "../../../ops/report/engine-log.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import { parseConfig } from "../../../input/parse.ts";

const CONFIGURED = { raw: readStackFile(), config: parseConfig(readStackFile()) };

interface Given {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  readonly old?: object;
  readonly new?: object;
}
const urnOf = ({ type, name }: Given): string =>
  `urn:pulumi:prod::mastodon::mastodon:k8s:Part$${type}::${name}`;
const runOf = (steps: readonly Given[], errors: readonly object[] = []): EngineRun =>
  readEngineLog([
    ...steps.map((step) => ({
      resourcePreEvent: {
        metadata: {
          op: step.op,
          type: step.type,
          urn: urnOf(step),
          ...(step.old === undefined ? {} : { old: { inputs: step.old, outputs: {} } }),
          ...(step.new === undefined ? {} : { new: { inputs: step.new, outputs: {} } }),
        },
      },
    })),
    ...errors.map((diagnosticEvent) => ({ diagnosticEvent })),
  ] as never);
const NONE = runOf([]);
/** The refresh's events for these paths, and one that found nothing. */
const foundIn = (step: Given, ...paths: readonly string[]) =>
  refreshedIn([
    JSON.stringify({ resOutputsEvent: { metadata: { op: "refresh", urn: "urn::a::b::other" } } }),
    JSON.stringify({
      resOutputsEvent: {
        metadata: {
          op: "refresh",
          urn: urnOf(step),
          detailedDiff: Object.fromEntries(paths.map((path) => [path, { diffKind: "update" }])),
        },
      },
    }),
    '{"cut',
  ]);
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const scaled: Given = {
  op: "update",
  type: DEPLOYMENT,
  name: "streaming",
  old: { spec: { replicas: 3 } },
  new: { spec: { replicas: 2 } },
};

const FOUND = foundIn(scaled, "spec.replicas");

describe("a change behind the program's back", () => {
  it("is a row with both values, the key that adopts it and the command that puts it back", () => {
    expect(
      driftOf({ refreshed: runOf([scaled]), plain: NONE, found: FOUND, configured: CONFIGURED }),
    ).toEqual([
      {
        urn: urnOf(scaled),
        kind: "Deployment",
        name: "streaming",
        what: "changed",
        words: "",
        fields: [
          {
            path: "spec.replicas",
            program: "2",
            runs: "3",
            adopt: {
              lines: "mastodon:streaming:\n  replicas: 3",
              command: "pulumi config set --path mastodon:streaming.replicas 3",
              refused: expect.stringContaining("199 are needed"),
            },
          },
        ],
        putBack: `npm run up -- --refresh --target '${urnOf(scaled)}'`,
      },
    ]);
  });

  it("is not a change of the program that waits for its deploy", () => {
    expect(
      driftOf({
        refreshed: runOf([scaled]),
        plain: runOf([scaled]),
        found: FOUND,
        configured: CONFIGURED,
      }),
    ).toEqual([]);
    const more = { ...scaled, old: { spec: { replicas: 4 } } };
    expect(
      driftOf({
        refreshed: runOf([more]),
        plain: runOf([scaled]),
        found: FOUND,
        configured: CONFIGURED,
      }),
    ).toHaveLength(1);
  });

  it("is one row, without what follows from it; a replaced object takes its users along", () => {
    const map = { type: "kubernetes:core/v1:ConfigMap", name: "assets-nginx" };
    const sides = {
      old: { data: { "nginx.conf": "by hand" } },
      new: { data: { "nginx.conf": "" } },
    };
    const user = {
      op: "update",
      type: DEPLOYMENT,
      name: "assets",
      old: { spec: { volume: "assets-nginx-1" } },
      new: { spec: { volume: "assets-nginx-2" } },
    };
    const refreshed = runOf([
      { op: "create-replacement", ...map, ...sides },
      { op: "replace", ...map, ...sides },
      user,
      { op: "delete-replaced", ...map, ...sides },
    ]);
    const found = foundIn({ op: "refresh", ...map }, 'data["nginx.conf"]', "data.hidden");
    const rows = driftOf({ refreshed, plain: NONE, found, configured: CONFIGURED });
    expect(rows.map(({ name, putBack }) => [name, putBack])).toEqual([
      ["assets-nginx", "npm run up -- --refresh"],
    ]);
    expect(rows[0]?.fields).toEqual([
      { path: 'data["nginx.conf"]', program: '""', runs: '"by hand"' },
      { path: "data.hidden" },
    ]);
  });

  it("that deleted something is a row without values", () => {
    const gone = { op: "create", type: "kubernetes:core/v1:Service", name: "web-service", new: {} };
    const [row] = driftOf({
      refreshed: runOf([gone]),
      plain: NONE,
      found: FOUND,
      configured: CONFIGURED,
    });
    expect(row).toMatchObject({ what: "gone", name: "web-service", fields: [] });
  });

  it("at which the preview fails is a row with the engine's words: a `kubectl scale` with a conflict", () => {
    // As the real provider reports it (a build of its source of 2026-01).
    const message = `Server-Side Apply field conflict detected. See https://… for troubleshooting help. The resource managed by field manager "pulumi-kubernetes-1" had an apply conflict: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale": .spec.replicas`;
    const urn = urnOf(scaled);
    const [row, ...more] = driftOf({
      refreshed: runOf([scaled], [{ urn, severity: "error", message }]),
      plain: NONE,
      found: FOUND,
      configured: CONFIGURED,
    });
    expect(more).toEqual([]);
    expect(row).toMatchObject({ what: "failed", name: "streaming", words: message });
    expect(row?.putBack).toBe(`npm run up -- --refresh --target '${urn}'`);
  });
});

describe("the lines that adopt a value are accepted, and make the program agree", () => {
  it.each<[string, string, string, string | number]>([
    ["Deployment", "streaming", "spec.replicas", 1],
    ["HorizontalPodAutoscaler", "web-autoscaler", "spec.minReplicas", 1],
    ["HorizontalPodAutoscaler", "web-autoscaler", "spec.maxReplicas", 2],
    ["DatabaseCluster", "postgres-cluster", "size", "db-s-6vcpu-16gb"],
    ["DatabaseCluster", "postgres-cluster", "nodeCount", 1],
    ["DatabaseConnectionPool", "postgres-pool", "size", 189],
    ["DatabaseCluster", "valkey-cluster", "size", "db-s-2vcpu-4gb"],
    ["DatabaseCluster", "valkey-cluster", "nodeCount", 2],
    ["Deployment", "sidekiq-default", "spec.replicas", 1],
  ])("%s %s, %s", async (kind, name, path, value) => {
    const adopt = adoptionOf({ kind, name }, path, value, CONFIGURED);
    expect(adopt?.refused).toBeUndefined();
    const raw = readStackFile();
    for (const [key, block] of Object.entries(parse(adopt!.lines) as Record<string, object>)) {
      const own = key.replace("mastodon:", "");
      raw[own] = Array.isArray(block) ? block : { ...(raw[own] as object), ...block };
    }
    const { resources } = await planStack(raw);
    const found = resources.find((each) => each.name === name && each.type.endsWith(`:${kind}`));
    const planned = path
      .split(".")
      .reduce((inner: unknown, key) => (inner as Record<string, unknown>)?.[key], found?.inputs);
    expect(planned).toBe(value);
  });

  it("there are none where no key sets the property", () => {
    expect(adoptionOf({ kind: "Service", name: "web-service" }, "spec.type", "x", CONFIGURED)).toBe(
      undefined,
    );
  });
});
