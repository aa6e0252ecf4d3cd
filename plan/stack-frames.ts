/**
 * Does something with at most so many frames in each stack trace. Pulumi's SDK takes a trace for
 * each output and promise of a resource, which is a large part of a plan's time.
 */
export async function withFrames<T>(frames: number, work: () => Promise<T>): Promise<T> {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = frames;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = before;
  }
}
