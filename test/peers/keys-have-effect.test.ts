import { expect, test } from "vitest";
import { withDefaults } from "../../config/defaults.ts";
import { StackConfigSchema } from "../../config/schema.ts";
import { nodeOf, type SchemaNode } from "../../config/describe.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { refusalOf, withValue } from "../config/base.ts";

type Raw = Readonly<Record<string, unknown>>;

/** Keys that the program does not read, with their guards. */
const ELSEWHERE: readonly (readonly [key: RegExp, why: string])[] = [
  [/^profile$/u, "fills in the others: test/config/capacity.test.ts"],
  [/^members$/u, "only what Valkey must hold: test/config/capacity.test.ts"],
  [
    /^cloudflare\.advancedCertificate$/u,
    "lets hosts be accepted that are refused without it: test/config/refusals.test.ts",
  ],
  [/^postgres\.origin\.since$/u, "whether a lost state is refused: test/stack/data-life.test.ts"],
  [/^postgres\.origin\.movedIn$/u, "keeps keys from being made anew: test/ops/env-keys.test.ts"],
  [/^images\.unpinned$/u, "whether an update is refused: test/entry/unpinned.test.ts"],
  [/^fingerprints\./u, "what secrets are held against: test/config/secret-faults.test.ts"],
  [/^escrow\./u, "compared by the doctor alone: test/ops/doctor/cases/state.ts"],
];

/**
 * Values that are required so that other keys have an effect, and groups whose minimum is not
 * accepted.
 */
const SAID: readonly (readonly [path: string, value: unknown])[] = [
  ["observability.prometheusRule", true],
  ["observability.grafanaDashboard", true],
  ["postgres.readReplica", { size: "db-s-4vcpu-8gb" }],
  ["media.standby", { storage: "spaces" }],
  ["backup", { recipient: `age1${"q".repeat(58)}` }],
];

/** Every key with a value, and every optional group. */
function partsOf(
  node: SchemaNode,
  path: string,
): readonly { readonly path: string; readonly node: SchemaNode; readonly isGroup: boolean }[] {
  const below = node.items?.properties === undefined ? node : node.items;
  if (below.properties === undefined) return [{ path, node, isGroup: false }];
  return [
    ...(path === "" || below !== node ? [] : [{ path, node, isGroup: true }]),
    ...Object.entries(below.properties).flatMap(([key, inner]) =>
      partsOf(inner, path === "" ? key : `${path}.${key}`),
    ),
  ];
}

/** Minimum content of a group. */
function leastOf(node: SchemaNode): unknown {
  if (node.examples !== undefined) return node.examples[0];
  if (node.enum !== undefined) return node.enum[0];
  if (node.type === "boolean") return true;
  if (node.items !== undefined) return [leastOf(node.items)];
  return Object.fromEntries(
    Object.entries(node.properties ?? {})
      .filter(([key]) => node.required?.includes(key))
      .map(([key, inner]) => [key, leastOf(inner)]),
  );
}

function valueAt(raw: Raw, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Raw | undefined)?.[key], raw);
}

const PARTS = partsOf(nodeOf(StackConfigSchema), "");
const LEAVES = PARTS.filter(
  ({ path, isGroup }) => !isGroup && !ELSEWHERE.some(([key]) => key.test(path)),
);

/**
 * Production with every optional group, as far as they are compatible. For each group that is not,
 * production with only that one.
 */
function servers(): readonly Raw[] {
  const { profile: _profile, ...base } = withDefaults(readStackFile()) as Record<string, unknown>;
  const groups = [
    ...SAID,
    ...PARTS.filter(({ isGroup }) => isGroup).map(
      ({ path, node }) => [path, leastOf(node)] as const,
    ),
  ];
  const including = (raw: Raw, [path, value]: (typeof groups)[number]): Raw => {
    const more = valueAt(raw, path) === undefined ? withValue(raw, path, value) : raw;
    return refusalOf(more) === "accepted" ? more : raw;
  };
  const fullest = groups.reduce(including, base);
  const alone = groups
    .filter(([path]) => valueAt(fullest, path) === undefined)
    .map((group) => including(base, group))
    .filter((raw) => raw !== base);
  return [fullest, ...alone];
}

test("the program looks at every key: one that does nothing is believed in, like a chart's pdb.enable without a template", async () => {
  const read = new Set<string>();
  const look = (raw: Raw): Promise<unknown> => planStack(raw, { read: (key) => read.add(key) });
  const raws = servers();
  for (const raw of raws) await look(raw);
  // A key of a missing group can't be checked.
  const there = LEAVES.flatMap(({ path, node }) => {
    const group = path.includes(".") ? path.replace(/\.[^.]+$/u, "") : undefined;
    const raw = raws.find((each) => group === undefined || valueAt(each, group) !== undefined);
    return raw === undefined ? [] : [{ path, node, raw }];
  });
  // An unset key may not be detected; so it is checked again with a value.
  for (const { path, node, raw } of there.filter((each) => !read.has(each.path))) {
    const said = [...(node.examples ?? []), ...(node.enum ?? []), true]
      .map((value) => withValue(raw, path, value))
      .find((each) => refusalOf(each) === "accepted");
    if (said !== undefined) await look(said);
  }
  expect(there.length).toBeGreaterThan(LEAVES.length * 0.8);
  expect(there.map(({ path }) => path).filter((path) => !read.has(path))).toEqual([]);
});

/**
 * Keys that are passed on together, so reading them proves little: each with another accepted
 * value.
 */
const HANDED_ON: readonly (readonly [path: string, value: unknown])[] = [
  ["web.replicas", 3],
  ["web.maxReplicas", 2],
  ["web.workers", 1],
  ["web.threads", 5],
  ["streaming.connections", 9],
  ["sidekiq.0.concurrency", 5],
];

test("each number of the workloads changes what is made", async () => {
  const { profile: _profile, ...base } = withDefaults(readStackFile()) as Record<string, unknown>;
  const made = async (raw: Raw): Promise<string> =>
    JSON.stringify((await planStack(raw)).resources.map(({ name, inputs }) => [name, inputs]));
  const before = await made(base);
  for (const [path, value] of HANDED_ON) {
    expect(valueAt(base, path), path).not.toBe(value);
    expect(await made(withValue(base, path, value)), path).not.toBe(before);
  }
});
