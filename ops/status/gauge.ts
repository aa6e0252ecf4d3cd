/** Something that can be full: a line about it, and whether it is to look at. */
export interface Gauge {
  readonly line: string;
  readonly word: "well" | "look" | "unknown";
}

/** Share from which something is nearly full, percent. */
export const NEARLY = 90;

/** A gauge of a line. */
export const gauge = (line: string, word: Gauge["word"] = "well"): Gauge => ({ line, word });

/** The gauge of something that gave no figure. */
export const unknownUse = (what: string, reason: string): Gauge =>
  gauge(`the use of ${what} is not known: ${reason}`, "unknown");

/** Words about a share, and what it means to reach the limit. */
interface Words {
  /** Its name before the amounts: `Valkey: memory`. */
  readonly name: string;
  /** Words after the amounts. */
  readonly note?: string;
  /** Consequence of a full one, and the cure. */
  readonly full: string;
  /** The words of an amount. Default: its digits. */
  readonly amount?: (amount: number) => string;
}

/** The gauge of a use and its limit. */
export function shareGauge(
  used: number,
  limit: number,
  { name, note = "", full, amount }: Words,
): Gauge {
  const line = `${name} ${useOf(used, limit, amount)}${note}`;
  return (used / limit) * 100 < NEARLY ? gauge(line) : gauge(`${line}: ${full}`, "look");
}

/** `412 MiB of 1.2 GiB (33 %)`. */
export function useOf(
  used: number,
  limit: number,
  amount: (amount: number) => string = String,
): string {
  return `${amount(used)} of ${amount(limit)} (${Math.floor((used / limit) * 100)} %)`;
}
