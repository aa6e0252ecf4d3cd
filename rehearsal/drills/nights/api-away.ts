import type { Operation, StateResource } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { onlyCluster } from "../live.ts";
import type { Night } from "./night.ts";
import { differences, whatRuns } from "./what-runs.ts";

/**
 * The cluster runs, but its API is unreachable. The update must not treat it as deleted. Otherwise
 * its objects would leave the state and keep running, and every later update would fail because
 * their names exist.
 */

/** The switch that the provider's own message names, and that the operator's page warns about. */
const SWITCH = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };

interface Way {
  readonly title: string;
  /** Takes the API down; returns a function that restores it. */
  readonly begin: (rehearsal: Rehearsal, clusterId: string) => Promise<() => Promise<void>>;
  /** Words of the command that refuses. */
  readonly refused: RegExp;
  /** Operations that must fail meanwhile. */
  readonly tried: (stack: Rehearsal["stack"]) => readonly (() => Promise<Operation>)[];
}

const withSwitch = (stack: Rehearsal["stack"]) => (): Promise<Operation> =>
  stack.up({ refresh: true, environment: SWITCH });

const WAYS: readonly Way[] = [
  {
    title: "no credential for the cluster can be had",
    begin: async ({ clusters }, id) => await clusters.withholdCredential(id),
    // The command has a credential of its own: to it, all is well.
    refused: /The cluster .* is there\..*Nothing was changed\./u,
    tried: (stack) => [
      () => stack.preview({ refresh: true }),
      () => stack.up({ refresh: true }),
      withSwitch(stack),
    ],
  },
  {
    title: "the API server does not answer",
    begin: async ({ clusters }, id) => await clusters.holdApiServer(id),
    refused: /is there \(DigitalOcean says running\), but its API does not answer/u,
    // Only the worst case, because the provider waits 20 s for it.
    tried: (stack) => [withSwitch(stack)],
  },
];

/** A night for each way in which an API is away, and comes back. */
export const API_NIGHTS: readonly Night[] = WAYS.map(({ title, begin, refused, tried }) => ({
  number: 2,
  title,
  apiAway: true,
  run: async (operator) => {
    const { rehearsal } = operator;
    const { stack } = rehearsal;
    const runs = await whatRuns(rehearsal);
    const resources = await stack.resources();
    const end = await begin(rehearsal, onlyCluster(rehearsal));
    const operations: Operation[] = [];
    for (const operation of tried(stack)) operations.push(await operation());
    const { said } = await operator.rebuild(["cluster"]);
    await end();
    operator.check(
      "updates stop, also with PULUMI_K8S_DELETE_UNREACHABLE",
      operations
        .filter(({ failure }) => failure === undefined)
        .map(({ kind }) => `${kind} went on`),
      operations.map(firstError).join("; "),
    );
    operator.check(
      "the command refuses: DigitalOcean has the cluster",
      refused.test(said) ? [] : [said],
      said.split("\n").find((line) => line.startsWith("The cluster")) ?? "",
    );
    operator.check(
      "no object leaves the state",
      missingIn(await stack.resources(), resources),
      `${resources.length} resources`,
    );
    operator.check(
      "the outage changes and doubles nothing in the cluster",
      differences(runs, await whatRuns(rehearsal)),
      `${runs.size} Jobs and Deployments as they were`,
    );
    return { lost: "nothing", decided: "DigitalOcean says running: an outage, so wait" };
  },
}));

/** Kubernetes objects of before that are missing. */
function missingIn(
  after: readonly StateResource[],
  before: readonly StateResource[],
): readonly string[] {
  const objects = before.filter(({ type }) => type.startsWith("kubernetes:"));
  const left = new Set(after.map(({ urn }) => urn));
  return objects.length === 0
    ? ["there were none"]
    : objects.filter(({ urn }) => !left.has(urn)).map(({ urn }) => `${urn} is gone`);
}

function firstError({ diagnostics }: Operation): string {
  return (diagnostics.find((line) => line.startsWith("error")) ?? "").slice(0, 120);
}
