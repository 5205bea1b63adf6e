/** A value that one of several concurrent steps makes and others await. */
export class Handover<T> {
  readonly #resolvers = Promise.withResolvers<T>();

  constructor() {
    // When the maker fails and nobody waits yet, that is the maker's failure, not an unhandled one.
    this.#resolvers.promise.catch(() => {});
  }

  /** @throws the maker's failure, or the signal's reason when another step failed first. */
  async value({ signal }: { readonly signal: AbortSignal }): Promise<T> {
    signal.throwIfAborted();
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([this.#resolvers.promise, stopped.promise]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Hands over what `work` gives, or its failure. @returns the same value. */
  from(work: Promise<T>): Promise<T> {
    work.then(this.#resolvers.resolve, this.#resolvers.reject);
    return work;
  }
}
