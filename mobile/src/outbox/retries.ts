import { pauseMs } from "../api/pause.ts";

export interface Retries {
  /** Tries a session again after a while: at least `seconds`, twice as long with each failure that follows. */
  later(sessionId: string, seconds: number): void;
  /** For a session that is tried now. */
  cancel(sessionId: string): void;
  /** Counts from none again, for one session or for all; pauses that are under way end when they end. */
  forget(sessionId?: string): void;
  stop(): void;
}

/** Unless the platform asks for more. */
const LONGEST_MS = 60_000;

/** One timer a session, however often it is tried meanwhile. */
export function createRetries(attempt: (sessionId: string) => void): Retries {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const failures = new Map<string, number>();
  let stopped = false;

  function cancel(sessionId: string): void {
    clearTimeout(timers.get(sessionId));
    timers.delete(sessionId);
  }

  return {
    later(sessionId, seconds) {
      if (stopped) return;
      const before = failures.get(sessionId) ?? 0;
      failures.set(sessionId, before + 1);
      cancel(sessionId);
      const again = () => {
        timers.delete(sessionId);
        attempt(sessionId);
      };
      const pause = pauseMs(before, { firstMs: seconds * 1000, mostMs: LONGEST_MS });
      timers.set(sessionId, setTimeout(again, pause));
    },

    cancel,

    forget(sessionId) {
      if (sessionId === undefined) failures.clear();
      else failures.delete(sessionId);
    },

    stop() {
      stopped = true;
      for (const sessionId of [...timers.keys()]) cancel(sessionId);
    },
  };
}
