import { hasTags, leftOversOf, type LeftOvers } from "../../recover/left-overs.ts";
import { fix, ok, skip, unknown, type Line } from "../line.ts";

export const leftOvers: Line<LeftOvers | undefined> = {
  number: 13,
  name: "left-overs",
  checks: "nothing is billed that carries the stack's tags and is in no state",
  async ask(scene) {
    const resources = (await scene.state())?.deployment.resources ?? [];
    return hasTags(resources) ? await leftOversOf(resources, await scene.clouds()) : undefined;
  },
  judge(seen) {
    if (seen === undefined) return skip("the state has no tag yet by which they are known");
    if (seen.word === "unknown") return unknown(seen.reason);
    if (seen.things.length === 0) return ok("nothing is left over");
    const names = seen.things.map(({ candidate: { name, id } }) => `${name ?? ""} (${id})`);
    return fix(
      `${names.join(", ")} ${names.length === 1 ? "is" : "are"} billed and in no state: the next update would make a second one.`,
      "npm run recover",
    );
  },
};
