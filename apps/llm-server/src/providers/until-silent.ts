import { ModelFailure } from "../model-failure.ts";

/**
 * Yields an upstream's events, and gives it up when none comes for too long, the first one included. The time that the
 * reader takes doesn't count.
 *
 * @param open starts the request, which ends when the signal is aborted
 * @throws ModelFailure `silent`; the outer signal's reason when aborted; whatever the upstream throws
 */
export async function* untilSilent<T>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  { signal, silenceMs }: { signal: AbortSignal; silenceMs: number },
): AsyncGenerator<T, void, undefined> {
  const stop = new AbortController();
  const giveUp = () => stop.abort(new ModelFailure("silent", `the model said nothing for ${silenceMs} ms`));
  let timer = setTimeout(giveUp, silenceMs);
  try {
    for await (const event of await open(AbortSignal.any([signal, stop.signal]))) {
      clearTimeout(timer);
      yield event;
      timer = setTimeout(giveUp, silenceMs);
    }
  } catch (error) {
    signal.throwIfAborted();
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  // Both packages end an aborted stream without an error.
  signal.throwIfAborted();
  stop.signal.throwIfAborted();
}
