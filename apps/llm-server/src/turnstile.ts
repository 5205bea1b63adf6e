/** Thrown when as many wait already as may. */
export class Overloaded extends Error {
  constructor() {
    super("too many requests wait for the model: try again in a moment");
    this.name = "Overloaded";
  }
}

/**
 * Lets a few in at a time. Those who wait are let in user by user, and of one user in the order in which they came: who
 * asks much waits for himself.
 */
export interface Turnstile {
  /**
   * @param who the user; requests without one are one user's
   * @returns a function that gives the place back; calling it twice does nothing
   * @throws Overloaded when the queue is full, also later, when one who waits less needs the place in it; the signal's
   *   reason when aborted while waiting
   */
  enter(signal: AbortSignal, who?: string): Promise<() => void>;
}

interface Waiter {
  goIn(): void;
  turnAway(): void;
}

export function createTurnstile({ places, waiting }: { places: number; waiting: number }): Turnstile {
  /** Those who wait, by user; the first user's first is next. */
  const lines = new Map<string, Waiter[]>();
  let free = places;
  let queued = 0;

  const drop = (who: string, waiter: Waiter) => {
    const line = lines.get(who) ?? [];
    line.splice(line.indexOf(waiter), 1);
    queued--;
    if (line.length === 0) lines.delete(who);
  };

  const letNextIn = () => {
    const next = lines.entries().next().value;
    if (!next) return void free++;
    const [who, line] = next;
    const [waiter] = line as [Waiter];
    drop(who, waiter);
    // The others come before this user's next.
    if (lines.delete(who)) lines.set(who, line);
    waiter.goIn();
  };

  /** Turns the newest request of the user away who has the most waiting, if it is unfair to `who` to let it wait. */
  const makeRoom = (who: string) => {
    const [greediest, line] = [...lines].reduce(
      (most, each) => (each[1].length > most[1].length ? each : most),
      [who, lines.get(who) ?? []],
    );
    const newest = line.at(-1);
    if (!newest || line.length <= (lines.get(who)?.length ?? 0) + 1) throw new Overloaded();
    drop(greediest, newest);
    newest.turnAway();
  };

  const leaveOnce = () => {
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      letNextIn();
    };
  };

  return {
    async enter(signal, who = "") {
      signal.throwIfAborted();
      if (free > 0) {
        free--;
        return leaveOnce();
      }
      if (queued >= waiting) makeRoom(who);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const giveUp = () => {
        drop(who, waiter);
        reject(signal.reason);
      };
      const end = (settle: () => void) => () => {
        signal.removeEventListener("abort", giveUp);
        settle();
      };
      const waiter = { goIn: end(resolve), turnAway: end(() => reject(new Overloaded())) };
      lines.set(who, [...(lines.get(who) ?? []), waiter]);
      queued++;
      signal.addEventListener("abort", giveUp, { once: true });
      await promise;
      return leaveOnce();
    },
  };
}
