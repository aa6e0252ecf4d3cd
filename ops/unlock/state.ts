import { nearest } from "../../input/messages/nearest.ts";
import { identityOf } from "../../policy/identity.ts";
import { isInPlace, standing, type StackExport, type StateResource } from "../recover/state.ts";

/** Finds the resources of a state that an unlock may name. */

/** A resource of the state with its id. */
export interface Held {
  /** Logical name. */
  readonly name: string;
  /** Its id; of a Kubernetes object its uid. */
  readonly id: string;
}

/** Resources of the stack, with an id each. Providers and components have none that counts. */
function nameable(state: StackExport): readonly StateResource[] {
  return standing(state).filter(
    (each) =>
      isInPlace(each) &&
      each.custom === true &&
      each.id !== undefined &&
      each.id !== "" &&
      !each.type.startsWith("pulumi:"),
  );
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/**
 * The resources with these names.
 * @throws Error naming each name that the state has not, with the nearest that it has.
 */
export function heldOf(state: StackExport, names: readonly string[]): readonly Held[] {
  const ids = new Map(
    nameable(state).map((each) => [nameOf(each.urn), identityOf(each.type, each) ?? ""]),
  );
  const unknown = names.filter((name) => !ids.has(name));
  if (unknown.length > 0)
    throw new Error(
      `The state of this stack has no ${unknown.map((name) => `"${name}"${meant(name, [...ids.keys()])}`).join(", ")}. Nothing was changed. A finding of a preview names each resource by its logical name, as \`pulumi stack --show-urns\` does.`,
    );
  return names.map((name) => ({ name, id: ids.get(name) ?? "" }));
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? "" : ` (did you mean "${near}"?)`;
}
