import { nameOf, type Operation } from "../../engine/operation.ts";

/** Words of a refused preview or update. */

/** Since when the server lives, in each refusal that is about its data. */
export const LIVED = /has lived (?:in it|here) since \d{4}-\d{2}-\d{2}/u;

/** Complaints about an operation that was not refused in these words. */
export function refusalFaults(
  refused: Operation,
  ...words: readonly (RegExp | string)[]
): readonly string[] {
  const said = everythingSaid(refused);
  const isSaid = (each: RegExp | string): boolean =>
    typeof each === "string" ? said.includes(each) : each.test(said);
  return [
    ...(refused.failure === undefined ? ["it went on"] : []),
    ...words
      .filter((each) => !isSaid(each))
      .map((each) => `not said: ${String(each)}; but ${said.slice(0, 500)}`),
  ];
}

/** The words of a refusal that fit. */
export function saidBy(refused: Operation, words: RegExp): string {
  return words.exec(everythingSaid(refused))?.[0] ?? "nothing";
}

/** Steps beside those of the engine itself, and of one resource. */
export function stepsBeside({ steps }: Operation, allowed?: string): readonly string[] {
  return steps
    .filter(({ urn }) => !isTheEngines(urn) && nameOf(urn) !== allowed)
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`);
}

/** Whether the engine creates it for itself: the stack, and the provider that reads its outputs. */
function isTheEngines(urn: string): boolean {
  return /::pulumi:(?:pulumi:Stack|providers:pulumi)::/u.test(urn);
}

function everythingSaid({ failure, diagnostics }: Operation): string {
  return [failure ?? "", ...diagnostics].join("\n");
}
