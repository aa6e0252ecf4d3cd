import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { runState } from "../../ops/state/command.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { findSecrets } from "../checks/secret-search.ts";
import { nameOf, type StateResource } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import { countsOf, succeeded, type Findings } from "./drill.ts";
import { livePods } from "./live.ts";
import { asOperator } from "./recover.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";
import { secondPreview } from "./whole.ts";
import { allHaystacks, allSecrets } from "./world-secrets.ts";

/** The server before its state was lost. */
interface Before {
  resources: readonly StateResource[];
  pods: readonly string[];
  inventory: readonly string[];
}

/** Types that no provider imports: the next update writes them over the existing ones. */
const NO_IMPORTER = /:(?:R2BucketCors|R2BucketLifecycle|ProjectResources)$/u;
/** Types that a cloud does not return completely at an import: the update writes them again. */
const TOLD_AGAIN = /:(?:DatabaseCluster|ZeroTrustTunnelCloudflared)$/u;
/** A provider exists only in the state. */
const isThing = ({ type, custom }: StateResource): boolean =>
  custom && !type.startsWith("pulumi:providers:");

/**
 * Phases in which the whole state is lost, including its history, while the server keeps serving.
 */
export function lostStatePhases(context: DrillContext, findings: Findings): readonly Phase[] {
  const before: Before = { resources: [], pods: [], inventory: [] };
  return [
    {
      title: "state lost",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        before.resources = await rehearsal.stack.resources();
        before.pods = (await livePods(rehearsal)).map(podLine).toSorted();
        before.inventory = inventoryOf(rehearsal.world.inventory());
        await rm(join(rehearsal.directory, "state", ".pulumi"), { recursive: true });
        await rehearsal.stack.pulumi(["stack", "init", "prod"]);
        return `${before.resources.length} resources forgotten, with all of their history`;
      },
    },
    {
      title: "adopt",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const { well, said } = await asOperator(rehearsal, (world) =>
          runState(["adopt", "--yes"], world),
        );
        const lines = said.split("\n");
        const count = (word: string): number =>
          lines.filter((line) => line.startsWith(`${word} `)).length;
        const secrets = await allSecrets(rehearsal);
        findings.checks.push(
          checkOf(
            "a state that is lost: all that has an importer is found and taken in, nothing is asked",
            well && count("ask") + count("unknown") === 0 ? [] : [said.slice(-500)],
            `${count("adopt")} adopted, ${count("make")} to be made again`,
          ),
          checkOf(
            "the command that adopts prints no secret, and none stands in the state in plaintext",
            [
              ...findSecrets(secrets, [{ name: "its output", text: said }]),
              ...findSecrets(
                [{ name: "a mark of the plan", value: SECRET_MARK }],
                await allHaystacks(rehearsal),
              ),
            ],
            `${secrets.length} secrets looked for`,
          ),
        );
        return `${count("adopt")} adopted, ${count("make")} to be made again`;
      },
    },
    {
      title: "up over what was adopted",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const up = succeeded(findings, await rehearsal.stack.up({ refresh: true }));
        const pods = (await livePods(rehearsal)).map(podLine).toSorted();
        const inventory = inventoryOf(rehearsal.world.inventory());
        findings.checks.push(
          checkOf(
            "after it nothing is replaced or deleted, and only that is made which has no importer",
            up.steps
              .filter(({ op, type }) => !isWanted(op, type))
              .map(({ op, urn }) => `${op} ${nameOf(urn)}`),
            countsOf(up),
          ),
          asBefore(before.resources, await rehearsal.stack.resources()),
          checkOf(
            "the server serves all the while: every pod is the one of before, and none began again",
            differenceOf(before.pods, pods),
            `${pods.length} pods`,
          ),
          checkOf(
            "the clouds have what they had: nothing doubled, nothing left over",
            differenceOf(before.inventory, inventory),
            `${inventory.length} objects`,
          ),
        );
        return countsOf(up);
      },
    },
    { ...secondPreview(context, findings), title: "second preview after a lost state" },
  ];
}

/** Whether the docs announce this step for an adopted state. */
function isWanted(op: string, type: string): boolean {
  // Every state contains the provider of the stack's own outputs.
  if (op === "create") return NO_IMPORTER.test(type) || type === "pulumi:providers:pulumi";
  return op === "update" && TOLD_AGAIN.test(type);
}

/** Compares ids, providers, protection and inputs of everything. */
function asBefore(before: readonly StateResource[], after: readonly StateResource[]): Check {
  const now = new Map(after.map((resource) => [resource.urn, resource]));
  const said = ({ id, parent, protect, inputs }: StateResource, withId: boolean): string =>
    JSON.stringify([withId ? id : "", parent, protect ?? false, withId ? inputs : {}]);
  return checkOf(
    "the state is the one of before: ids, parents, protection and inputs of every resource",
    before.flatMap((resource) => {
      const other = now.get(resource.urn);
      if (other === undefined) return [`${nameOf(resource.urn)} is not in it`];
      const withId = isThing(resource) && !NO_IMPORTER.test(resource.type);
      return said(resource, withId) === said(other, withId)
        ? []
        : [`${nameOf(resource.urn)} is another`];
    }),
    `${before.length} resources, ${before.filter(({ protect }) => protect === true).length} protected`,
  );
}

function podLine({ metadata, status }: V1Pod): string {
  const restarts = (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount);
  return `${metadata?.name} ${metadata?.uid} restarted ${restarts.join(", ")}`;
}

function inventoryOf(objects: readonly unknown[]): readonly string[] {
  return objects.map((object) => JSON.stringify(object)).toSorted();
}

function differenceOf(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `gone: ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `new: ${line}`),
  ];
}
