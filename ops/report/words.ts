import type { Finding } from "../../policy/views.ts";
import type { Report } from "./model.ts";
import { quietlyReplaced } from "./replaced.ts";
import type { SecretChanges } from "./secret-changes.ts";
import { capital, listed } from "./text.ts";

/** Sentences that comment, page and terminal share. */

/** Replaced and deleted resources, a sentence for each kind of loss. */
export function goneWords({ gone, changes, unlocked }: Report): readonly string[] {
  const { jobs, others } = quietlyReplaced(changes);
  const quiet = [
    ...(jobs === 0 ? [] : [`${jobs} ${jobs === 1 ? "Job runs" : "Jobs run"} anew`]),
    ...(others === 0
      ? []
      : [
          `${others} ${jobs === 0 ? "" : "other "}${others === 1 ? "object is" : "objects are"} replaced`,
        ]),
  ];
  return [
    ...gone.map(({ nouns, kind, why, lost }) => {
      const what = `${listed(nouns)} ${nouns.length === 1 ? "is" : "are"} ${kind}`;
      const because = why === undefined ? "" : `, because ${why}`;
      return `${lost === undefined ? "" : "🔴 "}${capital(what)}${because}. Lost: ${lost ?? "nothing"}.`;
    }),
    ...unlocked.map(
      ({ noun, because }) => `🔓 ${capital(noun)} is unlocked in the stack file: ${because}.`,
    ),
    ...(quiet.length === 0 ? [] : [`${quiet.join(", and ")}: nothing is lost with that.`]),
  ];
}

/** "Secrets touched: smtpPassword (new)." */
export function secretWords({ changes, encryptedAnew }: SecretChanges): string {
  const names = changes.map(({ key, kind }) => `${key} (${kind})`);
  const anew = encryptedAnew ? " All are encrypted anew." : "";
  return `Secrets touched: ${names.length === 0 ? "none" : names.join(", ")}.${anew}`;
}

/** "Policies: 1 stops the deploy, 2 warn." */
export function policyWords(findings: readonly Finding[]): string {
  if (findings.length === 0) return "Policies: nothing found.";
  const stops = findings.filter(({ level }) => level === "mandatory").length;
  const warns = findings.length - stops;
  return `Policies: ${[
    ...(stops === 0 ? [] : [`${stops} ${stops === 1 ? "stops" : "stop"} the deploy`]),
    ...(warns === 0 ? [] : [`${warns} ${warns === 1 ? "warns" : "warn"}`]),
  ].join(", ")}.`;
}

/** Title of the warnings that this change neither brings nor takes away. */
export function standingTitle({ length }: readonly string[]): string {
  return length === 1
    ? "A warning stands without this change"
    : `${length} warnings stand without this change`;
}

/** A violation with its cure. */
export function findingWords({ rule, level, message, cure }: Finding): string {
  return `${level === "mandatory" ? "❌" : "⚠️"} ${rule}: ${message}.${cure === undefined ? "" : ` To mean it: ${cure}`}`;
}
