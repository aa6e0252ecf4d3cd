/**
 * Major and minor of a version: "4.6" for "v4.6.5" and "4.6.5-glitch", "1.35" for "1.35.1-do.6". A
 * text that is no version is returned unchanged.
 */
export function minorOf(version: string): string {
  return /^v?(\d+\.\d+)\./u.exec(version)?.[1] ?? version;
}
