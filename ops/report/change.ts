import type { SideView, StepView } from "../../policy/views.ts";
import { isChange } from "./verdict.ts";

/** Change of one resource by an update, from all of the engine's steps for it. */
export interface Change {
  readonly urn: string;
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /**
   * "left-over": an earlier update was cut off after it made the successor, and this deletes the
   * predecessor.
   */
  readonly kind: "create" | "update" | "replace" | "delete" | "import" | "left-over";
  /** Whether a replaced resource is deleted before its successor is made. */
  readonly deletedFirst: boolean;
  readonly protect: boolean;
  /** Whether the cloud keeps it when it is deleted here. */
  readonly retained: boolean;
  /** Properties that cause a replacement. */
  readonly keys: readonly string[];
  readonly detailedDiff: StepView["detailedDiff"];
  readonly old: SideView | undefined;
  readonly new: SideView | undefined;
}

const REPLACES: readonly string[] = [
  "replace",
  "create-replacement",
  "delete-replaced",
  "import-replacement",
];

/** Changed resources, in the order in which the engine begins with each. */
export function changesOf(steps: readonly StepView[]): readonly Change[] {
  const byUrn = new Map<string, StepView[]>();
  for (const step of steps) {
    const own = byUrn.get(step.urn);
    if (own === undefined) byUrn.set(step.urn, [step]);
    else own.push(step);
  }
  return [...byUrn.values()].flatMap((own) => changeOf(own) ?? []);
}

function changeOf(all: readonly StepView[]): Change | undefined {
  const own = all.filter(isChange);
  const [first] = own;
  if (first === undefined) return undefined;
  const at = (op: string): number => own.findIndex((step) => step.op === op);
  const made = own[Math.max(at("create-replacement"), at("import-replacement"))];
  const deleted = own[at("delete-replaced")];
  const before = (deleted ?? first).old;
  const after = made?.new ?? first.new;
  return {
    urn: first.urn,
    type: first.type,
    name: first.name,
    kind: kindOf(own, all),
    deletedFirst:
      deleted !== undefined && (made === undefined || own.indexOf(deleted) < own.indexOf(made)),
    protect: own.some((step) => step.old?.protect === true || step.new?.protect === true),
    retained: before?.retainOnDelete === true,
    keys: [...new Set(own.flatMap(({ keys }) => keys))],
    detailedDiff:
      own.find(({ detailedDiff }) => Object.keys(detailedDiff).length > 0)?.detailedDiff ?? {},
    old: before,
    new: after,
  };
}

function kindOf(own: readonly StepView[], all: readonly StepView[]): Change["kind"] {
  const ops = own.map(({ op }) => op);
  if (ops.some((op) => op !== "delete-replaced" && REPLACES.includes(op))) return "replace";
  if (ops.includes("delete-replaced"))
    return all.some(({ op }) => op === "same" || op === "update") ? "left-over" : "replace";
  const [op] = ops;
  return op === "create" || op === "delete" || op === "import" ? op : "update";
}
