import { expect, test } from "vitest";
import { parseConfig } from "../../input/parse.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { UPDATE_MINUTES } from "../../config/update-time.ts";
import { longestUpdateMinutes, updateTimeWarning } from "../../domain/update-length.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { readStackFile } from "../../plan/stack-file.ts";

const SEARCH = { host: "search.example.net" };

/** The provider's default timeouts, seconds. */
const AWAITED = /^kubernetes:(apps\/v1:Deployment|batch\/v1:Job)$/u;
const secondsOf = (text: string): number =>
  Number.parseInt(text, 10) * (text.endsWith("m") ? 60 : 1);

/** Time that an update may wait for one resource, from the plan. */
function longestOf({ type, inputs, createTimeout }: PlannedResource): number {
  // In an update that creates the cluster, a migration has no old rows.
  if (type.endsWith(":KubernetesCluster")) return 0;
  const { annotations } = (inputs["metadata"] ?? {}) as { annotations?: Record<string, string> };
  const awaited = AWAITED.test(type) && annotations?.["pulumi.com/skipAwait"] !== "true";
  const said = createTimeout === "" ? (awaited ? 600 : 0) : secondsOf(createTimeout);
  const { activeDeadlineSeconds } = (inputs["spec"] ?? {}) as { activeDeadlineSeconds?: number };
  return Math.min(said, activeDeadlineSeconds ?? Infinity);
}

/** Longest chain of resources that wait for each other, minutes. */
function chainOf(plan: Plan): number {
  const byUrn = new Map(plan.resources.map((each) => [each.urn, each]));
  const known = new Map<string, number>();
  const beforeOf = ({ dependencies, provider, parent }: PlannedResource): number =>
    Math.max(
      0,
      ...dependencies.map(endOf),
      endOf(provider.split("::").slice(0, -1).join("::")),
      startOf(parent),
    );
  const startOf = (urn: string): number => {
    const resource = byUrn.get(urn);
    return resource === undefined ? 0 : beforeOf(resource);
  };
  const endOf = (urn: string): number => {
    const resource = byUrn.get(urn);
    if (resource === undefined) return 0;
    const end = known.get(urn) ?? beforeOf(resource) + longestOf(resource);
    known.set(urn, end);
    return end;
  };
  return Math.max(...plan.resources.map(({ urn }) => endOf(urn))) / 60;
}

test.each([...PROFILE_NAMES, "large, with search"])(
  "%s: no update is cut off by CI before its own deadlines are up",
  async (name) => {
    const [profile, search] = name.split(",");
    // Without its one override, for which no other profile has room.
    const { web: _, ...raw } = readStackFile();
    const config = { ...raw, profile, ...(search === undefined ? {} : { search: SEARCH }) };
    const chain = chainOf(await planStack(config));
    const said = longestUpdateMinutes(parseConfig(config));
    expect(chain).toBeGreaterThan(120);
    expect(chain).toBeLessThanOrEqual(said);
    // Not far above it either: it would warn about updates that fit.
    expect(said - chain).toBeLessThanOrEqual(10);
    expect(said).toBeLessThanOrEqual(UPDATE_MINUTES);
    expect(updateTimeWarning(parseConfig(config))).toBeUndefined();
  },
);

test("a preview says where an update may outlast CI, and which key says so", () => {
  const config = parseConfig({
    ...readStackFile(),
    postgres: { migrationMinutes: 240 },
    search: SEARCH,
  });
  const warning = updateTimeWarning(config) ?? "";
  expect(warning).toContain("mastodon:postgres.migrationMinutes is 240 and ");
  expect(warning).toContain("mastodon:search.fillMinutes is 80: ");
  expect(warning).toContain(`may take ${longestUpdateMinutes(config)} minutes`);
});
