/** A claim that the rehearsal proved, or did not. */
export interface Check {
  /** The claim, as a sentence. */
  readonly name: string;
  readonly passed: boolean;
  /** If all checks of a group passed, the summary shows them as one line. */
  readonly group?: string;
  /** The observation: figures if it passed, the reason if it failed. It contains no secret. */
  readonly detail: string;
}

/**
 * Builds a check from a list of complaints; it passes if there is none. `seen` describes what was
 * examined.
 */
export function checkOf(name: string, complaints: readonly string[], seen: string): Check {
  const shown = complaints.slice(0, 5).join("; ");
  const more = complaints.length > 5 ? `; and ${complaints.length - 5} more` : "";
  return {
    name,
    passed: complaints.length === 0,
    detail: complaints.length === 0 ? seen : `${shown}${more}`,
  };
}
