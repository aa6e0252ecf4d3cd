import type { StackConfig } from "../../../config/schema.ts";
import { costOf, inDollars } from "../../../domain/cost.ts";
import { placeholderFaults } from "../../../domain/shipped.ts";
import { sentenceOf } from "../../command-line.ts";
import { fix, ok, type Line } from "../line.ts";

type Configuration =
  | { readonly config: StackConfig; readonly zone: string | undefined }
  | { readonly refusal: string };

export const configuration: Line<Configuration> = {
  number: 26,
  name: "configuration",
  checks: "the stack file is accepted, within its budgets, with nothing left of the template",
  async ask(scene) {
    try {
      const config = await scene.config();
      // The owner of an example's domain has its names; without an answer they count as unset.
      const answer = await scene.zone().catch(() => undefined);
      const zone = answer?.kind === "value" ? answer.value.name : undefined;
      return { config, zone };
    } catch (error) {
      return { refusal: sentenceOf(error) };
    }
  },
  judge(seen) {
    if ("refusal" in seen) return fix(seen.refusal, "npm run look (it shows the file as a page)");
    const faults = placeholderFaults(seen.config, seen.zone);
    const { dollars, dollarsAtCeiling } = costOf(seen.config);
    return faults.length > 0
      ? fix(`${faults.join(".\n")}.`, "edit the stack file")
      : ok(`${inDollars(dollars)} a month, ${inDollars(dollarsAtCeiling)} at most`);
  },
};
