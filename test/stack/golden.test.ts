import { expect, test } from "vitest";
import { stringify } from "yaml";
import { planStack } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { masked } from "../../plan/render.ts";

/**
 * The whole plan of production as a text, so that a review sees each effect of a change. After an
 * intended change, write it again with `npx vitest run test/stack/golden.test.ts -u`.
 */
test("production's plan is the one that was reviewed (`npx vitest run test/stack/golden.test.ts -u`, then read the diff)", async () => {
  const { resources } = await planStack();
  const page = resources
    .filter(({ custom }) => custom)
    .map((resource) => [`${resource.type} ${resource.name}`, shown(resource)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  await expect(
    stringify(Object.fromEntries(page), { lineWidth: 0, aliasDuplicateObjects: false }),
  ).toMatchFileSnapshot("../golden/prod.yaml");
});

/** Parts for a reader: inputs, protection and order. */
function shown(resource: PlannedResource): unknown {
  const { protect, ignoreChanges, deleteBeforeReplace, createTimeout, inputs, dependencies } =
    resource;
  const after = [...new Set(dependencies.map(nameOf))].sort();
  return {
    ...(protect ? { protect } : {}),
    ...(ignoreChanges.length > 0 ? { ignoreChanges: [...ignoreChanges] } : {}),
    ...(deleteBeforeReplace ? { deleteBeforeReplace } : {}),
    ...(createTimeout === "" ? {} : { createTimeout }),
    ...(after.length > 0 ? { after } : {}),
    inputs: ordered(masked(inputs)),
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** Sorted by key, so that a moved line is no change. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}
