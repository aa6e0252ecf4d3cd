import { expect, test } from "vitest";
import { planStack } from "../../plan/plan-stack.ts";
import { Secret } from "../../plan/values.ts";
import { environmentOf, podsOf, theResource } from "./views.ts";

const plan = await planStack();
const connector = podsOf(plan).find(({ name }) => name === "connector");
const container = connector?.containers[0];
if (connector === undefined || container === undefined) throw new Error("There is no connector.");
const { spec } = connector.owner.inputs as {
  readonly spec: { readonly replicas: number; readonly strategy: unknown };
};
const args = container.args ?? [];
const valueOf = (flag: string): string | undefined => args[args.indexOf(flag) + 1];

test("the server stays on the Internet when a node goes, in a rollout and in a drain", () => {
  expect(spec).toMatchObject({
    replicas: 2,
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  });
  expect(connector.spec["topologySpreadConstraints"]).toEqual([
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "DoNotSchedule",
      nodeTaintsPolicy: "Honor",
      matchLabelKeys: ["pod-template-hash"],
      labelSelector: {
        matchLabels: {
          "app.kubernetes.io/name": "mastodon",
          "app.kubernetes.io/component": "cloudflared",
        },
      },
    },
  ]);
  const budget = theResource(
    plan,
    "kubernetes:policy/v1:PodDisruptionBudget",
    "connector-disruption",
  ).inputs;
  expect(budget["spec"]).toMatchObject({
    maxUnavailable: 1,
    selector: { matchLabels: { "app.kubernetes.io/component": "cloudflared" } },
  });
});

test("a leaving connector ends what it carries before it is killed", () => {
  const grace = Number(
    /^(?<seconds>\d+)s$/u.exec(valueOf("--grace-period") ?? "")?.groups?.["seconds"],
  );
  expect(grace).toBeGreaterThanOrEqual(30);
  expect(connector.spec["terminationGracePeriodSeconds"]).toBeGreaterThan(grace);
  // The image is distroless: the command of a hook would fail, and the pod would be killed at once.
  expect(container).not.toHaveProperty("lifecycle");
});

test("it is asked whether it has a way to Cloudflare, where it says so", () => {
  const port = Number(valueOf("--metrics")?.split(":")[1]);
  expect(valueOf("--metrics")).toBe("0.0.0.0:2000");
  expect(container).toMatchObject({
    ports: [{ name: "metrics", containerPort: port }],
    readinessProbe: { httpGet: { path: "/ready", port: "metrics" } },
    livenessProbe: { httpGet: { path: "/ready", port: "metrics" }, failureThreshold: 6 },
  });
  // Flags of `tunnel`, not of `run`: after `run` they would be refused.
  expect(args.at(-1)).toBe("run");
});

test("its token comes from a Secret, never by its command line, which every process of a node can read", () => {
  const environment = environmentOf(plan, container);
  expect([...environment.keys()]).toEqual(["TUNNEL_TOKEN"]);
  expect(environment.get("TUNNEL_TOKEN")).toBeInstanceOf(Secret);
  expect(args).toEqual([
    "tunnel",
    "--no-autoupdate",
    "--metrics",
    "0.0.0.0:2000",
    "--grace-period",
    "30s",
    "run",
  ]);
});
