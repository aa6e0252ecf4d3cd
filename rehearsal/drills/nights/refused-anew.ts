import type { MadeOnce } from "../../../config/keys/anew.ts";
import { nameOf } from "../../engine/operation.ts";
import type { Operator } from "./operator.ts";
import { refusalFaults } from "./refusals.ts";

/**
 * Something is gone for good that no update makes a second time. The preview and the deploy of a
 * merge refuse it, and name the line that permits one. The deploy's refresh has dropped it from the
 * state, so the command must know the loss without its id.
 */
export async function refusedAnew(operator: Operator, name: MadeOnce): Promise<void> {
  const line = ["config", "set", "--path", `mastodon:anew.${name}`, "1"];
  const refused = [await operator.preview(), await operator.deploy()];
  const held = (await operator.rehearsal.stack.resources()).some(({ urn }) => nameOf(urn) === name);
  operator.check(
    "no update makes another one before a person says so, the message names the line, and the state forgets the lost one",
    [
      ...refused.flatMap((each) => refusalFaults(each, `pulumi ${line.join(" ")}`)),
      ...(held ? [`${name} is still in the state`] : []),
    ],
    `pulumi ${line.join(" ")}`,
  );
}
