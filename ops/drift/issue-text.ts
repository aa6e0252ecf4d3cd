import { createHash } from "node:crypto";
import { fenced } from "../report/markdown.ts";
import type { Drift, Field } from "./differences.ts";

/** The text of the one issue about drift. */

/** The issue as the job that may write it gets it. */
export interface DriftText {
  /** Number of resources that differ. */
  readonly count: number;
  /** Equal for the same set of differences: {@link setOf}. */
  readonly set: string;
  readonly body: string;
}

/** Differences that are shown in full. The rest of a body is for their names. */
const SHOWN = 40;

/** Characters of one value. */
const VALUE = 200;

/** Makes the text of the issue. */
export function driftText(drift: readonly Drift[], stack: string): DriftText {
  const body = [
    `The nightly preview of \`${stack}\` found ${drift.length} ${drift.length === 1 ? "resource that differs" : "resources that differ"} from the program. The next deploy makes each as the program has it.`,
    "",
    ...drift.slice(0, SHOWN).flatMap(sectionOf),
    ...(drift.length > SHOWN ? ["", `And: ${drift.slice(SHOWN).map(titleOf).join(", ")}.`] : []),
    "",
    'Each command needs what an update needs: docs/operate.md, "Drift".',
  ];
  return { count: drift.length, set: setOf(drift), body: body.join("\n") };
}

/** Hash of the set of differences: resource, property and the value that runs. */
export function setOf(drift: readonly Drift[]): string {
  const lines = drift.flatMap(({ urn, what, fields }) => [
    `${what} ${urn}`,
    ...fields.map(({ path, runs }) => `${urn} ${path} ${runs ?? ""}`),
  ]);
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

const titleOf = ({ name, kind }: Drift): string => `\`${name}\` (${kind})`;

function sectionOf(drift: Drift): readonly string[] {
  const { what, fields, words, putBack } = drift;
  const says = {
    changed: "differs",
    gone: "is gone",
    failed: "was changed by hand so that the preview fails at it",
  }[what];
  const adopts = fields.flatMap(({ adopt }) => (adopt === undefined ? [] : [adopt]));
  const refused = adopts.flatMap((adopt) => adopt.refused ?? []);
  return [
    `### ${titleOf(drift)} ${says}`,
    "",
    ...(words === "" ? [] : [fenced(words.slice(0, 2_000)), ""]),
    ...(fields.length === 0 ? [] : tableOf(fields)),
    putBack.includes("--target")
      ? "Put it back:"
      : "Put it back. It is replaced, so this puts everything back:",
    "",
    fenced(putBack),
    "",
    ...(refused.length > 0
      ? ["The program refuses to adopt it:", "", fenced(refused.join("\n").slice(0, 2_000))]
      : adopts.length === 0
        ? [what === "gone" ? "Or remove it from the program." : "No key of the stack file sets it."]
        : [
            "Or adopt it, and commit the stack file:",
            "",
            fenced(adopts.map(({ command, lines }) => command ?? lines).join("\n")),
            ...adopts.flatMap(({ command, lines }) =>
              command === undefined ? [] : ["", "The same as lines:", "", fenced(lines)],
            ),
          ]),
    "",
  ];
}

function tableOf(fields: readonly Field[]): readonly string[] {
  return [
    "| property | the program | runs |",
    "| --- | --- | --- |",
    ...fields.map(
      ({ path, program, runs }) => `| \`${path}\` | ${cell(program)} | ${cell(runs)} |`,
    ),
    "",
  ];
}

/** A value in a table: one line, no column and no code mark of its own. */
function cell(value: string | undefined): string {
  if (value === undefined) return "–";
  const short = value.length > VALUE ? `${value.slice(0, VALUE)}…` : value;
  return `\`${short.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll("\n", " ")}\``;
}
