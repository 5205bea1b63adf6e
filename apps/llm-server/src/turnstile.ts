/** Thrown when as many wait already as may. */
export class Overloaded extends Error {
  constructor() {
    super("too many requests wait for the model: try again in a moment");
    this.name = "Overloaded";
  }
}

/** Lets a few in at a time, the others in the order in which they came. */
export interface Turnstile {
  /**
   * @returns a function that gives the place back; calling it twice does nothing
   * @throws Overloaded when the queue is full; the signal's reason when aborted while waiting
   */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createTurnstile({ places, waiting }: { places: number; waiting: number }): Turnstile {
  const queue: (() => void)[] = [];
  let free = places;

  const leaveOnce = () => {
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const next = queue.shift();
      if (next) next();
      else free++;
    };
  };

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free--;
        return leaveOnce();
      }
      if (queue.length >= waiting) throw new Overloaded();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => {
        queue.splice(queue.indexOf(goIn), 1);
        reject(signal.reason);
      };
      const goIn = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      queue.push(goIn);
      signal.addEventListener("abort", giveUp, { once: true });
      await promise;
      return leaveOnce();
    },
  };
}
