import { describe, expect, test } from "vitest";
import { readEngineLog } from "../../ops/report/engine-log.ts";
import { hashOf, readVerdict, writeVerdict } from "../../ops/report/verdict.ts";

const URN = "urn:pulumi:prod::mastodon::kubernetes:apps/v1:Deployment::web";
const STACK = "urn:pulumi:prod::mastodon::pulumi:pulumi:Stack::mastodon-prod";

/** An event in the form of the CLI's log: empty lists are null, missing sides, too. */
function pre(op: string, urn: string, type: string, old: unknown, wanted: unknown): unknown {
  return {
    sequence: 1,
    timestamp: 1,
    resourcePreEvent: {
      metadata: {
        op,
        urn,
        type,
        old,
        new: wanted,
        keys: null,
        diffs: null,
        detailedDiff: null,
        provider: "",
      },
      planning: true,
    },
  };
}

const side = (inputs: unknown, outputs: unknown = null, protect?: boolean): unknown => ({
  type: "",
  urn: "",
  id: "web",
  parent: "",
  inputs,
  outputs,
  provider: "",
  ...(protect === undefined ? {} : { protect }),
});

function said(severity: string, message: string): unknown {
  return { diagnosticEvent: { urn: STACK, prefix: "", color: "raw", severity, message } };
}

const LOG = [
  pre(
    "same",
    STACK,
    "pulumi:pulumi:Stack",
    side(null, { running: { region: "nyc3" } }),
    side(null),
  ),
  pre("update", URN, "kubernetes:apps/v1:Deployment", side({ a: 1 }), side({ a: 2 })),
  said("error", "<{%fg 1%}>mastodon:region is wrong<{%reset%}>\n"),
  said("error", "mastodon:region is wrong"),
  said("warning", "An image is named by a tag alone"),
  said("info", "nothing of interest"),
  {
    policyEvent: {
      resourceUrn: URN,
      message: "<{%reset%}>no digest",
      policyName: "images-by-digest",
      policyPackName: "mastodon",
      enforcementLevel: "advisory",
    },
  },
  { summaryEvent: { resourceChanges: { same: 1, update: 1 }, durationSeconds: 3 } },
].map((event) => JSON.stringify(event));

describe("the engine's log", () => {
  test("is read whole: steps with both sides, messages once and without colors, policies, counts, and what runs", () => {
    expect(readEngineLog(LOG)).toEqual({
      steps: [
        expect.objectContaining({ op: "same", name: "mastodon-prod" }),
        {
          op: "update",
          urn: URN,
          type: "kubernetes:apps/v1:Deployment",
          name: "web",
          keys: [],
          diffs: [],
          detailedDiff: {},
          old: { id: "web", inputs: { a: 1 }, outputs: {}, protect: false },
          new: { id: "web", inputs: { a: 2 }, outputs: {}, protect: false },
        },
      ],
      diagnostics: [
        { severity: "error", message: "mastodon:region is wrong", urn: STACK },
        { severity: "warning", message: "An image is named by a tag alone", urn: STACK },
      ],
      policies: [{ rule: "images-by-digest", level: "advisory", urn: URN, message: "no digest" }],
      counts: { same: 1, update: 1 },
      running: { region: "nyc3" },
      exists: true,
      failed: true,
      threw: false,
    });
  });

  test("of a killed engine ends in the middle of a line: the steps before it still count", () => {
    const { steps, counts } = readEngineLog([...LOG.slice(0, 2), '{"resourcePreEv']);
    expect(steps.map(({ op }) => op)).toEqual(["same", "update"]);
    expect(counts).toEqual({ same: 1, update: 1 });
  });
});

describe("the verdict for machines", () => {
  test("comes back as it was written, whatever a branch is called: a comment would end at its first -->", () => {
    const verdict = { head: "a-->b", base: "73c584a", level: 3, steps: "f00" } as const;
    const line = writeVerdict(verdict);
    expect(line.indexOf("-->")).toBe(line.length - 3);
    expect(readVerdict(`<!-- mastodon-preview stack=prod -->\n${line}\n## 🟠`)).toEqual(verdict);
  });

  test.each([
    ["none", "## 🟢"],
    ["half a line", '<!-- verdict {"level":1 -->'],
    ["a level that there is not", '<!-- verdict {"level":9,"steps":"f00"} -->'],
    ["no steps", '<!-- verdict {"level":1} -->'],
  ])("that can't be read is none, so that a deploy does not trust it: %s", (_what, comment) => {
    expect(readVerdict(comment)).toBeUndefined();
  });

  test("is of the kind and name of each step: neither their order nor a value changes it, another step does", () => {
    const [, web] = readEngineLog(LOG).steps;
    const pool = { ...web!, name: "postgres-pool", op: "replace" };
    expect(hashOf([web!, pool])).toBe(hashOf([{ ...pool, diffs: ["size"] }, web!]));
    expect(hashOf([web!, { ...web!, op: "same", name: "streaming" }])).toBe(hashOf([web!]));
    expect(hashOf([web!, pool])).not.toBe(hashOf([web!]));
    expect(hashOf([{ ...web!, op: "delete" }])).not.toBe(hashOf([web!]));
  });
});
