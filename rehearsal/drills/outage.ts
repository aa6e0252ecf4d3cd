import { checkOf, type Check } from "../checks/check.ts";
import type { Operation, StateResource } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { countsOf, type Findings } from "./drill.ts";
import { differences, whatRuns } from "./lost-data.ts";
import { onlyCluster } from "./live.ts";
import { recover } from "./recover.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";
import { secondPreview } from "./whole.ts";

/**
 * The cluster runs, but its API is unreachable. The update must not treat it as deleted. Otherwise
 * its objects would leave the state and keep running, and every later update would fail because
 * their names exist.
 */

/** The switch that the provider's own message names, and that the operator's page warns about. */
const SWITCH = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };

interface Way {
  /** Name for a message, after "where". */
  readonly words: string;
  /** Takes the API down; returns a function that restores it. */
  readonly begin: (rehearsal: Rehearsal, clusterId: string) => Promise<() => Promise<void>>;
  /** Operations that must fail meanwhile. */
  readonly tried: (stack: Rehearsal["stack"]) => readonly (() => Promise<Operation>)[];
}

const withSwitch = (stack: Rehearsal["stack"]) => (): Promise<Operation> =>
  stack.up({ refresh: true, environment: SWITCH });

const WAYS: readonly Way[] = [
  {
    words: "no credential for the cluster can be had",
    begin: async ({ clusters }, id) => await clusters.withholdCredential(id),
    tried: (stack) => [
      () => stack.preview({ refresh: true }),
      () => stack.up({ refresh: true }),
      withSwitch(stack),
    ],
  },
  {
    words: "the API server does not answer",
    begin: async ({ clusters }, id) => await clusters.holdApiServer(id),
    // Only the worst case, because the provider waits 20 s for it.
    tried: (stack) => [withSwitch(stack)],
  },
];

/** Phases of each kind of outage and of its end. */
export function outagePhases(context: DrillContext, findings: Findings): readonly Phase[] {
  const before: { runs?: ReadonlyMap<string, string> } = {};
  return [
    ...WAYS.map((way) => outage(context, findings, way, before)),
    { ...secondPreview(context, findings), title: "the API is back" },
    {
      title: "what runs",
      run: async () => {
        const now = await whatRuns(rehearsalOf(context));
        findings.checks.push(
          checkOf(
            "an outage changes and doubles nothing in the cluster",
            differences(before.runs ?? new Map(), now),
            `${now.size} Jobs and Deployments as they were`,
          ),
        );
        return `${now.size} as they were`;
      },
    },
  ];
}

function outage(
  context: DrillContext,
  findings: Findings,
  { words, begin, tried }: Way,
  before: { runs?: ReadonlyMap<string, string> },
): Phase {
  return {
    title: `an outage: ${words}`,
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { stack } = rehearsal;
      before.runs ??= await whatRuns(rehearsal);
      const resources = await stack.resources();
      const end = await begin(rehearsal, onlyCluster(rehearsal));
      const operations: Operation[] = [];
      for (const operation of tried(stack)) operations.push(await operation());
      const recovered = await recover(rehearsal, ["cluster", "--yes"]);
      await end();
      findings.operations.push(...operations);
      findings.checks.push(
        checkOf(
          `where ${words}, updates stop, also with PULUMI_K8S_DELETE_UNREACHABLE`,
          operations.filter(({ failure }) => failure === undefined).map(countsOf),
          operations.map(firstError).join("; "),
        ),
        checkOf(
          `where ${words}, \`npm run recover -- cluster\` refuses: DigitalOcean has the cluster`,
          /is there: DigitalOcean says running\. Nothing was changed\./u.test(recovered.said)
            ? []
            : [recovered.said],
          recovered.said.split(" Out of the state")[0] ?? "",
        ),
        inTheState(words, resources, await stack.resources()),
      );
      return `refused, ${operations.map(({ seconds }) => `${seconds.toFixed(0)} s`).join(", ")}`;
    },
  };
}

/** Kubernetes objects that are missing in the state. */
function inTheState(
  words: string,
  before: readonly StateResource[],
  after: readonly StateResource[],
): Check {
  const objects = before.filter(({ type }) => type.startsWith("kubernetes:"));
  const left = new Set(after.map(({ urn }) => urn));
  return checkOf(
    `where ${words}, no object leaves the state`,
    objects.length === 0
      ? ["there were none"]
      : objects.filter(({ urn }) => !left.has(urn)).map(({ urn }) => `${urn} is gone`),
    `${objects.length} objects as before`,
  );
}

function firstError({ diagnostics }: Operation): string {
  return (diagnostics.find((line) => line.startsWith("error")) ?? "").slice(0, 120);
}
