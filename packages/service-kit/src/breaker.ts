import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";

/** The work was not tried: what it needs has failed again and again a moment ago. */
export class BreakerOpen extends Error {
  constructor() {
    super("not tried: it has failed again and again a moment ago");
    this.name = "BreakerOpen";
  }
}

export interface Breaker {
  /** @throws BreakerOpen at once while the breaker is open, or its one probe is under way; else what `work` throws */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * A circuit breaker: after some failures in a row nothing is tried for a while, then one probe decides.
 *
 * @param options.isFailure which errors count; the others say nothing about what the breaker guards
 * @param options.onChange told when the breaker opens, and when it closes again
 */
export function createBreaker(options: {
  failures: number;
  retryAfterMs: number;
  isFailure?: (error: unknown) => boolean;
  onChange?: (isOpen: boolean) => void;
}): Breaker {
  const { failures, retryAfterMs, isFailure = () => true, onChange } = options;
  const circuit = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: retryAfterMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  // A probe that fails opens it again, which is no news.
  let wasOpen = false;
  const tell = (isOpen: boolean) => {
    if (isOpen !== wasOpen) onChange?.(isOpen);
    wasOpen = isOpen;
  };
  circuit.onBreak(() => tell(true));
  circuit.onReset(() => tell(false));
  return {
    async run(work) {
      // The library lets the others wait for the probe; a caller is better off with an answer now.
      if (circuit.state === CircuitState.HalfOpen) throw new BreakerOpen();
      try {
        return await circuit.execute(work);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? new BreakerOpen() : error;
      }
    },
  };
}
