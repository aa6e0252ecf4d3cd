import type { Candidate } from "../recover/finder.ts";
import { kindOf } from "../recover/types.ts";
import { shown } from "../recover/words.ts";
import type { Look } from "./seen.ts";

/** The result of a lookup, for the operator. It contains names and ids, never another value. */

const COLUMN = 9;

/** The lines about one planned resource. */
export function linesOf(look: Look, now: Date): readonly string[] {
  const { name } = look.planned;
  const kind = kindOf(look.planned);
  const head = (word: string, what: string): string =>
    `${word.padEnd(COLUMN)} ${name} (${kind}): ${what}`;
  switch (look.word) {
    case "there":
      return [head("adopt", `it exists; the state takes it as ${look.id}`)];
    case "none":
      return [
        look.shutOut === undefined
          ? head("make", "there is none; the next update makes it")
          : head("make", `${shutOutIn(look.shutOut, now)}; the next update makes another one`),
        ...leftOver(look.left, now),
      ];
    case "key":
      return [
        head("make", "its secret is told once, and nothing has it; this command makes another"),
        ...leftOver(look.left, now),
      ];
    case "again":
      return [
        head(
          "make",
          `it can't be imported; the next update makes it again by a ${look.call}, which writes over it`,
        ),
      ];
    case "unknown":
      return [head("unknown", `${look.reason}. Nothing is concluded from that.`)];
    case "ask":
      return [
        head("ask", whyOf(look.candidates)),
        ...look.candidates.map((candidate) => indented(shown(candidate, now))),
        indented(`If it exists: --adopt ${name}=ID`),
        indented(`If it does not: --adopt ${name}=none`),
      ];
  }
}

function leftOver(
  left: { readonly candidates: readonly Candidate[]; readonly where: string } | undefined,
  now: Date,
): readonly string[] {
  return (left?.candidates ?? []).map((candidate) =>
    indented(`left over: ${shown(candidate, now)}. Delete it in ${left!.where}, or it stays.`),
  );
}

function shutOutIn(candidates: readonly Candidate[], now: Date): string {
  const things = candidates.map((candidate) => shown(candidate, now)).join("; ");
  return `\`npm run recover -- fence\` has shut it out (${things})`;
}

function whyOf(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return "no row of ops/recover looks its type up";
  const doubt = candidates.find((candidate) => candidate.doubt !== undefined)?.doubt;
  return doubt ?? `${candidates.length} fit, and which of them it is can't be known`;
}

const indented = (line: string): string => `${"".padEnd(COLUMN)} ${line}`;
