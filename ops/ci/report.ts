/** Prepares text that Pulumi printed for a job's summary and for a comment. */

/**
 * Longest report, bytes. GitHub allows comments of 65,536 characters; the rest is for the text
 * around it.
 */
export const REPORT_BYTES = 55_000;

/**
 * Returns the text, or its end if it is too long: the end has the reason of a failure and the
 * counts.
 */
export function endOf(text: string, bytes: number = REPORT_BYTES): string {
  const all = Buffer.from(text.trimEnd());
  if (all.length <= bytes) return all.toString();
  const end = all.subarray(all.length - bytes).toString();
  const lines = end.slice(end.indexOf("\n") + 1);
  return `… the beginning is left out: ${all.length} bytes, and ${bytes} fit. The run's log has it.\n${lines}`;
}

/** Returns the line to type after a failed update, because the state may lack what it made. */
export function afterFailure(stack: string): string {
  return `The update did not come to its end. What it made may stand in no state: then the next one is refused with "already exists", or makes it twice. Follow no other advice on that. At your own machine: npm run recover -- --stack ${stack}. Then start this workflow again. See docs/operate.md, "An update was cut off".\n`;
}
