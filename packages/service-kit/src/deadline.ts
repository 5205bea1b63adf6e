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
