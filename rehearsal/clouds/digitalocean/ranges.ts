/** IPv4 ranges in CIDR notation: `10.10.0.0/20`. */

interface Range {
  readonly start: number;
  readonly bits: number;
}

/** The number after the slash; undefined if the text is no range. */
export function prefixLength(text: string): number | undefined {
  return parse(text)?.bits;
}

/** Whether two ranges share an address. False if one of them is no range. */
export function overlapping(left: string, right: string): boolean {
  const [a, b] = [parse(left), parse(right)];
  return a !== undefined && b !== undefined && overlap(a, b);
}

/** Whether the whole range is private (RFC 1918). */
export function isPrivate(text: string): boolean {
  const range = parse(text);
  return (
    range !== undefined &&
    PRIVATE.some((block) => overlap(block, range) && range.bits >= block.bits)
  );
}

/** A /20 that overlaps with none of these. @throws if all ranges of the rehearsal are taken. */
export function freeRange(taken: readonly string[]): string {
  for (let block = 0; block < 256; block += 1) {
    const range = `10.${100 + Math.floor(block / 16)}.${(block % 16) * 16}.0/20`;
    if (!taken.some((other) => overlapping(other, range))) return range;
  }
  throw new Error("The rehearsal's account has no free /20 left; give the VPC an ipRange.");
}

function parse(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const numbers = match?.slice(1).map(Number);
  if (numbers?.length !== 5 || numbers.slice(0, 4).some((octet) => octet > 255)) return undefined;
  const start = numbers.slice(0, 4).reduce((sum, octet) => sum * 256 + octet, 0);
  const bits = numbers[4] ?? 0;
  return bits > 32 ? undefined : { start, bits };
}

function overlap(left: Range, right: Range): boolean {
  const size = 2 ** (32 - Math.min(left.bits, right.bits));
  return Math.floor(left.start / size) === Math.floor(right.start / size);
}

const PRIVATE: readonly Range[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap(
  (text) => parse(text) ?? [],
);
