/** Numbers of things, by type token. */
export type Counts = ReadonlyMap<string, number>;

/** Counts things. */
export function countsOf(items: readonly { readonly type: string }[]): Counts {
  const groups = Map.groupBy(items, ({ type }) => type);
  return new Map([...groups].map(([type, each]) => [type, each.length]));
}

/** Types of which there are more or fewer than there should be. */
export function differences(
  there: Counts,
  wanted: Counts,
): readonly { readonly type: string; readonly is: number; readonly should: number }[] {
  return [...new Set([...there.keys(), ...wanted.keys()])]
    .map((type) => ({ type, is: there.get(type) ?? 0, should: wanted.get(type) ?? 0 }))
    .filter(({ is, should }) => is !== should);
}
