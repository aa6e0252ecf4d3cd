/** Bytes of a unit in a quantity of memory. */
const UNITS: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes of a quantity of memory: `1Mi`. @throws Error for a form that no pod of the stack uses. */
export function bytesOf(quantity: string): number {
  const [, number, unit = ""] = /^(\d+)([KMG]i)?$/u.exec(quantity) ?? [];
  if (number === undefined)
    throw new Error(`"${quantity}" is no amount of memory: write bytes, Ki, Mi or Gi.`);
  return Number(number) * (UNITS[unit] ?? 1);
}
