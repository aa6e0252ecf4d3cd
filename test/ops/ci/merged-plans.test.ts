import { expect, test } from "vitest";
import type { OwnPreview } from "../../../ops/ci/gate.ts";
import { decide } from "../../../ops/ci/gate.ts";
import { stepOf } from "../../../ops/report/step-marks.ts";
import { fileOf, MEDIUM, reportOfChange, type Raw } from "../../report/scene.ts";
import { deploy, merged } from "./gate-scene.ts";

/** Pull requests over the whole stack's plans, each previewed without the others. */

const CHANGES: Readonly<Record<string, Raw>> = {
  "fewer threads": { web: { threads: 6 } },
  "streaming's connections": { streaming: { connections: 9 } },
  "a blocked network": {
    cloudflare: { ...(MEDIUM["cloudflare"] as object), blockedAddresses: ["203.0.113.0/24"] },
  },
  "a larger profile": { profile: "large" },
};

/** The preview of a pull request on top of what runs. */
async function previewOf(...names: readonly string[]): Promise<OwnPreview> {
  const after = names.reduce<Raw>((raw, name) => ({ ...raw, ...CHANGES[name] }), MEDIUM);
  const { level, stepsHash, judged } = await reportOfChange(MEDIUM, after, {
    before: fileOf(MEDIUM),
  });
  const changes = judged.map(stepOf);
  return {
    ...{ refused: level === 5, reason: "", level, steps: stepsHash, changes, unlocked: false },
    remaining: judged.flatMap(({ change: { kind, urn } }) => (kind === "delete" ? [] : [urn])),
  };
}

const pairs = Object.keys(CHANGES).flatMap((one, at, all) =>
  all.slice(at + 1).map((other): [string, string] => [one, other]),
);
const alone = new Map<string, OwnPreview>();

test.each(pairs)(
  "%s and %s: both are deployed, and neither without its review",
  async (...names) => {
    for (const name of names) if (!alone.has(name)) alone.set(name, await previewOf(name));
    const [one, other] = names.map((name) => alone.get(name)!) as [OwnPreview, OwnPreview];
    const both = await previewOf(...names);
    const commit = (number: number, { changes, level }: OwnPreview) =>
      merged(number, changes, { level });
    const gate = (commits: Parameters<typeof deploy>[0]) =>
      decide(deploy(commits, both.changes, both));
    expect(gate([commit(8, other), commit(7, one)])).toEqual({ says: expect.any(String) });
    for (const [number, review] of [
      [7, one],
      [8, other],
    ] as const) {
      const known = new Set(review.changes.map(({ urn }) => urn));
      const others = both.changes.filter(({ urn }) => !known.has(urn));
      const { stop, steps = [] } = gate([commit(number, review)]);
      if (others.length > 0) expect(["worse", "other-steps"]).toContain(stop);
      for (const { name } of others) expect(steps.join("\n")).toContain(`\`${name}\``);
    }
  },
);
