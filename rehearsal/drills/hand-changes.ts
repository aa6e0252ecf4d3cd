import {
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
  type V1ObjectMeta,
} from "@kubernetes/client-node";
import { isDeepStrictEqual } from "node:util";
import { parseConfig } from "../../input/parse.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { nameOf, type Operation } from "../engine/operation.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveConfig, scaleByHand } from "./live.ts";

/** Plausible changes by hand, one of each kind. The next update reverts them. */

/** A change of one object, by its logical name. */
interface HandChange {
  readonly name: string;
  /** A merge patch. */
  readonly patch: Omit<Live, "apiVersion" | "kind">;
  /**
   * The Deployment that mounts the object, and the step that waits for it. Such an object is
   * replaced, its Deployment rolls, and the step runs again.
   */
  readonly rolls?: readonly [deployment: string, step: string];
}

/** An object with the fields that its owner sets. */
interface Live extends KubernetesObject {
  readonly spec?: object;
  readonly data?: Readonly<Record<string, string>>;
}

const BY_HAND = "by hand";
const CHANGES: readonly HandChange[] = [
  { name: "web-autoscaler", patch: { spec: { maxReplicas: 40 } } },
  {
    name: "web-service",
    patch: { spec: { selector: { "app.kubernetes.io/component": "nothing" } } },
  },
  { name: "network-dns", patch: { spec: { egress: [] } } },
  { name: "upkeep-profiles", patch: { spec: { schedule: "0 0 1 1 *" } } },
  { name: "preflight", patch: { metadata: { labels: { "app.kubernetes.io/part-of": "ours" } } } },
  {
    name: "assets-nginx",
    patch: { data: { "nginx.conf": BY_HAND } },
    rolls: ["assets", "rollout-assets"],
  },
  {
    name: "connector-token",
    patch: { data: { TUNNEL_TOKEN: Buffer.from(BY_HAND).toString("base64") } },
    rolls: ["connector", "rollout"],
  },
];

/** The Deployment that is scaled. Not web, because its autoscaler sets the number of pods. */
const SCALED = "streaming";

/** Logical names of everything that is changed. */
export const CHANGED_BY_HAND: readonly string[] = [SCALED, ...CHANGES.map(({ name }) => name)];

/** Steps in a preview or an update that show the changes of these objects. */
function expectedOf(changed: readonly string[]): readonly string[] {
  return changed
    .flatMap((name) => {
      const { rolls } = CHANGES.find((each) => each.name === name) ?? {};
      return rolls === undefined
        ? [`update ${name}`]
        : [`replace ${name}`, `update ${rolls[0]}`, `replace ${rolls[1]}`];
    })
    .sort();
}

/** State of the objects before the change, by logical name. */
type Before = ReadonlyMap<string, Live>;

/** Changes all of them, as `kubectl edit` and `kubectl scale` do. */
export async function changeByHand(rehearsal: Rehearsal): Promise<Before> {
  const api = KubernetesObjectApi.makeApiClient(liveConfig(rehearsal));
  const before = await objectsOf(rehearsal);
  for (const { name, patch } of CHANGES) {
    const { apiVersion = "", kind = "", metadata } = before.get(name)!;
    const target = { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" };
    await api.patch(
      { apiVersion, kind, ...patch, metadata: { ...patch.metadata, ...target } },
      undefined,
      undefined,
      "kubectl-edit",
      undefined,
      PatchStrategy.MergePatch,
    );
  }
  const { streaming } = parseConfig(readStackFile());
  await scaleByHand(rehearsal, SCALED, streaming.replicas + 1);
  return before;
}

/** Checks that an operation has a step for each change of these objects, and no other. */
export function checkSteps(
  name: string,
  { steps }: Operation,
  changed: readonly string[] = CHANGED_BY_HAND,
): Check {
  const expected = expectedOf(changed);
  const seen = new Set(
    steps.map(
      ({ op, urn }) =>
        `${op === "update" ? op : op.replace(/^.*replac.*$/u, "replace")} ${nameOf(urn)}`,
    ),
  );
  return checkOf(
    name,
    [
      ...expected.filter((step) => !seen.has(step)).map((step) => `${step} is missing`),
      ...[...seen].filter((step) => !expected.includes(step)).map((step) => `${step} is too many`),
    ],
    expected.join(", "),
  );
}

/** Checks that each object is again as in the program. */
export async function checkMended(rehearsal: Rehearsal, before: Before): Promise<Check> {
  const after = await objectsOf(rehearsal);
  const wrong = [...before].flatMap(([name, object]) =>
    isDeepStrictEqual(decided(after.get(name)!), decided(object)) ? [] : [`${name} is not`],
  );
  return checkOf(
    "after an update every object that was changed by hand is as the program has it",
    wrong,
    [...before.keys()].join(", "),
  );
}

/** The live objects of the changes, by logical name. */
async function objectsOf(rehearsal: Rehearsal): Promise<Before> {
  const api = KubernetesObjectApi.makeApiClient(liveConfig(rehearsal));
  const resources = await rehearsal.stack.resources();
  return new Map(
    await Promise.all(
      CHANGED_BY_HAND.map(async (name) => {
        const { outputs } = resources.find(
          ({ urn, type }) => type.startsWith("kubernetes:") && nameOf(urn) === name,
        )!;
        const { apiVersion, kind, metadata } = outputs as KubernetesObject;
        const { namespace = "" } = metadata as V1ObjectMeta;
        const header = { apiVersion, kind, metadata: { name: metadata?.name ?? "", namespace } };
        return [name, await api.read<Live>(header as never)] as const;
      }),
    ),
  );
}

function decided({ spec, data, metadata }: Live): unknown {
  // Converted through JSON, because the client turns some fields into dates and classes.
  return JSON.parse(JSON.stringify({ spec, data, labels: metadata?.labels })) as unknown;
}
