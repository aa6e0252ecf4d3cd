import { expect, test } from "vitest";
import { IMAGES } from "../../config/images.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { planStack, type Plan, type PlanOptions } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { EVERY_OPTION, withOptions } from "../config/every-option.ts";
import { ofType, podsOf, templateOf, theResource } from "./views.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SERVICE = "kubernetes:core/v1:Service";
const JOB = "kubernetes:batch/v1:Job";
const STEPS = ["rollout-assets", "rollout"] as const;

type Raw = Readonly<Record<string, unknown>>;
interface Named {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const { web: _, ...sizeless } = readStackFile();
/** Stack files that together have every possible Deployment and Service. */
const SERVERS: readonly (readonly [string, Raw])[] = [
  ...PROFILE_NAMES.map((profile) => [profile, { ...sizeless, profile }] as const),
  ...Object.entries(EVERY_OPTION).map(
    ([key, value]) => [`with ${key}`, { ...readStackFile(), [key]: value }] as const,
  ),
  ["with every option", withOptions(readStackFile())],
  ["with everything stopped", { ...readStackFile(), stopped: ["web", "streaming", "sidekiq"] }],
  ["with media on Spaces", { ...readStackFile(), media: { storage: "spaces" } }],
];

/** The Deployments that each step waits for, with their digests. */
function waitedFor(plan: Plan): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    STEPS.map((step) => {
      const [container] = templateOf(theResource(plan, JOB, step)).spec.containers;
      return [step, JSON.parse(container?.args?.at(-1) ?? "") as Record<string, string>];
    }),
  );
}

test.each(SERVERS)(
  "%s: each Deployment that Pulumi does not wait for is waited for by one step of the release",
  async (_name, raw) => {
    const plan = await planStack(raw);
    const named = Object.values(waitedFor(plan)).flatMap(Object.keys).sort();
    const all = ofType(plan, DEPLOYMENT).map(({ inputs }) => inputs as unknown as Named);
    const skipping = all.filter(
      ({ metadata }) => metadata.annotations?.["pulumi.com/skipAwait"] === "true",
    );
    expect(skipping.map(({ metadata }) => metadata.name).sort()).toEqual(named);
    expect(skipping).toEqual(all.filter(({ metadata }) => metadata.namespace === "mastodon"));
  },
);

test("a Deployment that Pulumi waits for itself is given up before its default of ten minutes", async () => {
  const others = ofType(await planStack(), DEPLOYMENT).filter(
    ({ inputs }) => (inputs as unknown as Named).metadata.namespace !== "mastodon",
  );
  expect(others.map(({ name }) => name)).toEqual(["metrics-server"]);
  for (const { createTimeout } of others) expect(createTimeout).toBe("4m");
});

test.each(SERVERS)(
  "%s: every Service finds the pods of one Deployment: without any it counts as ready",
  async (_name, raw) => {
    const plan = await planStack(raw);
    for (const { name, inputs } of ofType(plan, SERVICE)) {
      const { selector } = (inputs as { spec: { selector: Record<string, string> } }).spec;
      const behind = podsOf(plan).filter(({ owner, kind }) => {
        const { labels } = templateOf(owner).metadata;
        const fits = Object.entries(selector).every(([key, value]) => labels[key] === value);
        return kind === "Deployment" && fits;
      });
      expect(behind, name).toHaveLength(1);
    }
  },
);

/** Deployments whose digests differ between two servers. */
async function news(
  before: Raw,
  after: Raw,
  options: PlanOptions = {},
): Promise<readonly string[]> {
  const [one, other] = [
    Object.assign({}, ...Object.values(waitedFor(await planStack(before)))) as Raw,
    Object.assign({}, ...Object.values(waitedFor(await planStack(after, options)))) as Raw,
  ];
  return Object.keys({ ...one, ...other }).filter((name) => one[name] !== other[name]);
}

test("a step runs anew for what it waits for, and for nothing else", async () => {
  const raw = { ...sizeless, profile: "medium" };
  expect(await news(raw, raw)).toEqual([]);
  // Numbers that an autoscaler sets, and values that do not belong to a pod.
  expect(await news(raw, { ...raw, web: { maxReplicas: 3, replicas: 3 } })).toEqual([]);
  expect(await news(raw, { ...raw, alerts: { emails: ["ops@example.social"] } })).toEqual([]);
  expect(await news(raw, { ...raw, streaming: { replicas: 1 } })).toEqual(["streaming"]);
  expect(await news(raw, { ...raw, stopped: ["web"] })).toEqual(["web"]);
  const nginx = IMAGES.nginx.replace(/@.*/u, "").replace(/:[^:]*$/u, ":1.99.0");
  const release = { images: { ...IMAGES, nginx }, previousImage: undefined };
  expect(await news(raw, raw, { release })).toEqual(["assets"]);
});

test("only these steps hold a token, for minutes, and may only read, in this namespace", async () => {
  const plan = await planStack();
  const holders = podsOf(plan).filter(({ spec }) =>
    JSON.stringify(spec["volumes"] ?? []).includes("serviceAccountToken"),
  );
  expect(holders.map(({ name }) => name).sort()).toEqual([...STEPS].sort());
  const { inputs } = theResource(
    plan,
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "rollout-access-reader",
  );
  expect(inputs["rules"]).toEqual([
    { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["pods", "events"], verbs: ["get", "list"] },
  ]);
});

test("a step of a release is never cut off before it could say what it waited for", async () => {
  const plan = await planStack();
  for (const step of STEPS) {
    const { inputs, createTimeout } = theResource(plan, JOB, step);
    const { activeDeadlineSeconds } = inputs["spec"] as { activeDeadlineSeconds: number };
    const [container] = templateOf(theResource(plan, JOB, step)).spec.containers;
    const own = Number(container?.args?.at(-2));
    expect(own).toBeGreaterThanOrEqual(600);
    expect(activeDeadlineSeconds).toBeGreaterThanOrEqual(own + 60);
    expect(Number.parseInt(createTimeout, 10)).toBeGreaterThan(activeDeadlineSeconds);
    // Kubernetes would substitute a variable of this name.
    expect(container?.args?.join("\n")).not.toMatch(/\$\(|\$\$/u);
    // Ruby reads its program in the locale's encoding, and a pod may have no locale.
    expect(container?.args?.[2]).toMatch(/^\p{ASCII}+$/u);
  }
});
