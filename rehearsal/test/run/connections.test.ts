import { expect, test } from "vitest";
import { CLIENTS } from "../../checks/connections.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { EVERY_OPTION } from "../../../test/config/every-option.ts";
import { podsOf, templateOf } from "../../../test/stack/views.ts";

test.each([
  ["production", readStackFile()],
  ["every option", { ...readStackFile(), ...EVERY_OPTION }],
])("each container of %s is on a side, or a drill would stop at it", async (_name, raw) => {
  // metrics-server is in another namespace, which the drill does not check.
  const pods = podsOf(await planStack(raw)).filter(({ name }) => name !== "metrics-server");
  const names = pods.flatMap(({ owner }) =>
    templateOf(owner).spec.containers.map(({ name }) => name),
  );
  expect(names).toContain("puma");
  expect([...new Set(names)].filter((name) => !(name in CLIENTS))).toEqual([]);
});
