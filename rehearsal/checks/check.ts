/** One thing that the rehearsal proved, or did not. */
export interface Check {
  /** The claim, as a sentence. */
  readonly name: string;
  readonly passed: boolean;
  /** Checks of one group that all passed are one line in the summary. */
  readonly group?: string;
  /** The observation: figures if it passed, the reason if it failed. Holds no secret. */
  readonly detail: string;
}

/** A check from a list of complaints: passed when there is none. `seen` says what was looked at. */
export function checkOf(name: string, complaints: readonly string[], seen: string): Check {
  const shown = complaints.slice(0, 5).join("; ");
  const more = complaints.length > 5 ? `; and ${complaints.length - 5} more` : "";
  return {
    name,
    passed: complaints.length === 0,
    detail: complaints.length === 0 ? seen : `${shown}${more}`,
  };
}
