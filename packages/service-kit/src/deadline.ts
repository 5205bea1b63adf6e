/**
 * Calls `onLate` after a time, unless the returned function is called before. A process that was busy for so long first
 * reads what has arrived meanwhile: it must not take its own slowness for another's.
 */
export function startDeadline(ms: number, onLate: () => void): () => void {
  let isOver = false;
  const unlessOver = (work: () => void) => () => {
    if (!isOver) work();
  };
  // Timers come before arrivals in the event loop, and immediates after them.
  const timer = setTimeout(() => setImmediate(unlessOver(() => setImmediate(unlessOver(onLate)))), ms);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/**
 * @param tooLate makes what is thrown when the work has not settled in time; it goes on, and what becomes of it then is
 *   nobody's concern
 */
export async function inTime<T>(
  work: Promise<T>,
  ms: number,
  tooLate: () => Error = () => new Error(`no answer within ${ms} ms`),
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const callOff = startDeadline(ms, () => reject(tooLate()));
  try {
    return await Promise.race([work, late]);
  } finally {
    callOff();
  }
}
