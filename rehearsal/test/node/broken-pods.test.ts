import type { V1Deployment } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { checkBrokenPods, isSeen, type Seen } from "../../checks/broken-pods.ts";
import { BROKEN_PODS, copyOf, SOUND_COPIES, type Sight } from "../../node/broken-pods.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import { reveal } from "../../../plan/values.ts";
import { deployments, nameOf } from "../../../test/peers/dangers/view.ts";

const plan = await planStack();
const sources = new Map(
  deployments(plan).map((each) => [
    nameOf(each),
    structuredClone({ spec: reveal(each.inputs["spec"]) }) as V1Deployment,
  ]),
);

/** Observation of a pod with this fault. */
function sightOf(sight: Sight): Seen {
  if (sight.by === "api") return { refused: sight.code };
  const { event, by: _, ...rest } = sight;
  return { done: false, ...rest, ...(event === undefined ? {} : { events: [event] }) };
}

const allSeen = new Map<string, Seen>([
  ...SOUND_COPIES.map(({ name }) => [name, { done: true }] as const),
  ...BROKEN_PODS.map(({ name, seen }) => [name, sightOf(seen)] as const),
]);

describe("a pod that is broken on purpose", () => {
  test.each(BROKEN_PODS.map((row) => [row.name, row] as const))(
    "%s differs from the sound copy by its fault alone, and is missed where nothing is said of it",
    (name, row) => {
      const source = sources.get(row.of)!;
      const sound = copyOf(source, { name, make: () => undefined });
      expect(copyOf(source, row)).not.toEqual(sound);
      expect(isSeen(row.seen, sightOf(row.seen))).toBe(true);
      const well = new Map(allSeen).set(name, { done: true });
      expect(checkBrokenPods(BROKEN_PODS, SOUND_COPIES, allSeen).passed).toBe(true);
      expect(checkBrokenPods(BROKEN_PODS, SOUND_COPIES, well).detail).toContain(`${name} should`);
    },
  );

  test("says nothing where a sound one is not well either", () => {
    const ill = new Map(allSeen).set("sound-assets", { done: false, fault: "unready" });
    expect(checkBrokenPods(BROKEN_PODS, SOUND_COPIES, ill).detail).toContain("sound-assets is not");
  });

  test("takes no other pod's place, nor its requests", () => {
    for (const row of [...SOUND_COPIES, ...BROKEN_PODS]) {
      const { template, replicas } = copyOf(sources.get(row.of)!, row).spec!;
      expect(replicas).toBe(1);
      expect(["mastodon-upkeep-100", "nowhere"]).toContain(template.spec?.priorityClassName);
      expect(template.metadata?.labels?.["app.kubernetes.io/name"]).not.toBe("mastodon");
    }
  });
});
