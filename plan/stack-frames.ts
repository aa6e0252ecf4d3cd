/**
 * Runs work with a limited number of frames in each stack trace. Pulumi's SDK records a trace for
 * each output and promise of a resource, which takes a large part of a plan's time.
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
