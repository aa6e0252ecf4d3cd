import { neededSecrets } from "../../input/needed-secrets.ts";
import { parseConfig } from "../../input/parse.ts";
import type { StackConfig } from "../../config/schema.ts";
import type { SecretKey } from "../../config/secret-keys/all.ts";
import { checkOf } from "../checks/check.ts";
import { findSecrets } from "../checks/secret-search.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { noFindings, type Drill } from "./drill.ts";
import { madeUpSecret, OPTIONS } from "./option-blocks.ts";
import { connectionChecks, networkCheck, placementChecks, strictCheck } from "./live.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";
import { allHaystacks, allSecrets } from "./world-secrets.ts";

/**
 * Production with its optional parts: it must be admitted, scheduled, within its quota, connected,
 * and leak no secret.
 */
export function optionsDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const config = (): StackConfig => parseConfig({ ...readStackFile(), ...OPTIONS });
  return {
    name: "the optional parts",
    findings,
    phases: [
      ...setupPhases(context),
      {
        title: "stack file",
        run: async () => {
          const { stack } = rehearsalOf(context);
          const wanted = neededSecrets(config()).map(({ key }) => key);
          await stack.giveSecrets(Object.fromEntries(wanted.map((key) => [key, valueOf(key)])));
          await stack.editConfig((document) => {
            for (const [key, block] of Object.entries(OPTIONS))
              document.setIn(["config", `mastodon:${key}`], document.createNode(block));
          });
          return `${Object.keys(OPTIONS).length} blocks, ${wanted.length} secrets`;
        },
      },
      ...upPhases(context, findings),
      {
        title: "placement, network, connections",
        run: async () => {
          const rehearsal = rehearsalOf(context);
          const checks = [
            ...(await placementChecks(rehearsal)),
            await strictCheck(rehearsal),
            await networkCheck(rehearsal, config()),
            ...(await connectionChecks(rehearsal)),
          ];
          findings.checks.push(...checks);
          return `${checks.length} checks`;
        },
      },
      secondPreview(context, findings),
      {
        title: "secrets",
        run: async () => {
          const rehearsal = rehearsalOf(context);
          const secrets = await allSecrets(rehearsal);
          const haystacks = await allHaystacks(rehearsal);
          const given = neededSecrets(config()).filter(
            ({ key }) => !secrets.some(({ value }) => value === VALUES.get(key)),
          );
          findings.checks.push(
            checkOf(
              "no secret of the optional parts stands in plaintext, and each is there",
              [
                ...findSecrets(secrets, haystacks),
                ...given.map(({ key }) => `mastodon:${key} reached no Secret`),
              ],
              `${secrets.length} secrets looked for in ${haystacks.length} places`,
            ),
            checkOf("the rehearsal's own parts worked", rehearsal.faults, "no fault"),
          );
          return `${secrets.length} secrets, ${haystacks.length} places`;
        },
      },
    ],
  };
}

/** Values generated in this run, by key. */
const VALUES = new Map<SecretKey, string>();

function valueOf(key: SecretKey): string {
  const value = madeUpSecret(key);
  VALUES.set(key, value);
  return value;
}
