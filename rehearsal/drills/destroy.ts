import { checkOf } from "../checks/check.ts";
import type { Phase } from "../phases.ts";
import { countsOf, succeeded, type Findings } from "./drill.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/** The end of a server: refused while data is protected, and then nothing stays. */
export function destroyPhases(context: DrillContext, findings: Findings): readonly Phase[] {
  return [
    {
      title: "destroy, protected",
      run: async () => {
        const { stack, world } = rehearsalOf(context);
        const before = world.inventory().length;
        const refused = await stack.destroy();
        findings.operations.push(refused);
        const said = /protected/u.test(`${refused.failure} ${refused.diagnostics.join(" ")}`);
        const after = world.inventory().length;
        findings.checks.push(
          checkOf(
            "destroy is refused while data is protected, and takes nothing",
            [
              ...(said ? [] : ["it was not refused for protection"]),
              ...(after === before ? [] : [`${before - after} things are gone`]),
            ],
            `refused; ${after} things in the clouds untouched`,
          ),
        );
        return said ? "refused" : "not refused";
      },
    },
    {
      title: "destroy, unlocked",
      run: async () => {
        const { stack, world, faults } = rehearsalOf(context);
        await stack.unprotectAll();
        const destroyed = succeeded(findings, await stack.destroy());
        const left = world.inventory().map(({ type, name }) => `${type} ${name}`);
        const inState = (await stack.resources()).map(({ urn }) => urn);
        findings.checks.push(
          checkOf(
            "after the unlock destroy leaves nothing in clouds, cluster, databases or state",
            [
              ...left,
              ...inState,
              ...[...world.runningClusters.keys()].map((id) => `cluster ${id}`),
              ...[...world.databaseServers.keys()].map((id) => `database ${id}`),
            ],
            countsOf(destroyed),
          ),
          checkOf("the rehearsal's own parts worked", faults, "no fault"),
        );
        return countsOf(destroyed);
      },
    },
  ];
}
