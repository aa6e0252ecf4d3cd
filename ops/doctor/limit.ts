/**
 * An answer within a time.
 * @throws Error in a sentence if it is late, and the answer's own error.
 */
export async function withinLimit<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`there was no answer within ${limitMs / 1_000} s`)),
      limitMs,
    );
  });
  return await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
