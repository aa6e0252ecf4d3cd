import type { MadeOnce } from "../../../config/keys/anew.ts";
import type { Operator } from "./operator.ts";
import { refusalFaults } from "./refusals.ts";

/**
 * Something is gone for good that no update makes a second time. The preview of a merge refuses it,
 * and names the line that permits one.
 */
export async function refusedAnew(operator: Operator, name: MadeOnce): Promise<void> {
  const line = ["config", "set", "--path", `mastodon:anew.${name}`, "1"];
  const refused = await operator.preview();
  operator.check(
    "no update makes another one before a person says so, and the message names the line",
    refusalFaults(refused, `pulumi ${line.join(" ")}`),
    `pulumi ${line.join(" ")}`,
  );
}
