import type { SideView, StepView } from "../../policy/views.ts";

/** A resource of the stack, for steps in tests. */
export interface Thing {
  readonly type: string;
  readonly name: string;
  readonly id?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** One step of the engine on a resource, with the sides that the engine gives it. */
export function step(op: string, thing: Thing): StepView {
  const { type, name, id = `id-of-${name}`, protect = false, retainOnDelete, inputs = {} } = thing;
  const { outputs = {} } = thing;
  const side: SideView = {
    id,
    inputs,
    outputs,
    protect,
    ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
  };
  const { id: _none, ...planned } = side;
  return {
    op,
    urn: `urn:pulumi:prod::mastodon::${type}::${name}`,
    type,
    name,
    keys: [],
    diffs: [],
    detailedDiff: {},
    ...(op === "create" ? {} : { old: side }),
    ...(op === "delete" || op === "delete-replaced"
      ? {}
      : { new: op === "create" ? planned : side }),
  };
}

/** Steps of a replacement that deletes first. */
export const deletedFirst = (thing: Thing): readonly StepView[] =>
  ["delete-replaced", "replace", "create-replacement"].map((op) => step(op, thing));

/** Steps of a replacement where the new one is there before the old one goes. */
export const createdFirst = (thing: Thing): readonly StepView[] =>
  ["create-replacement", "replace", "delete-replaced"].map((op) => step(op, thing));
