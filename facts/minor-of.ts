/**
 * Major and minor of a version: "4.6" of "v4.6.5" and "4.6.5-glitch", "1.35" of "1.35.1-do.6". What
 * is no version stays what it is.
 */
export function minorOf(version: string): string {
  return /^v?(\d+\.\d+)\./u.exec(version)?.[1] ?? version;
}
